"""A large text that is the same every time and everywhere: invented words with Zipf's frequencies.

The shipped *Opticks* has too few different words for 10,000 merges to exist. So words are made up letter by letter, each
letter drawn as it follows the three before it in *Opticks*, and word number r is then drawn with a weight of 1/r.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from itertools import accumulate

CONTEXT = 3  # letters


def zipf_text(source: str, size_bytes: int, num_words: int = 40_000, seed: int = 0) -> str:
    """ASCII text of `size_bytes` bytes: `num_words` different words after the letters of `source`, in sentences and lines."""
    draw = random.Random(seed)
    words = invented_words(re.findall(r"[a-z]+", source.lower()), num_words, draw)
    weights = list(accumulate(1 / rank for rank in range(1, num_words + 1)))
    parts: list[str] = []
    size = 0
    while size < size_bytes:
        sentence = " ".join(draw.choices(words, cum_weights=weights, k=draw.randint(5, 25)))
        parts.append(sentence.capitalize() + (".\n" if draw.random() < 0.2 else ". "))
        size += len(parts[-1])
    return "".join(parts)[:size_bytes]


def invented_words(real: list[str], num_words: int, draw: random.Random) -> list[str]:
    """`num_words` different words of a Markov chain over letters; those that come first come up most often."""
    following: dict[str, Counter[str]] = defaultdict(Counter)
    for word in real:
        padded = "^" * CONTEXT + word + "$"
        for i in range(CONTEXT, len(padded)):
            following[padded[i - CONTEXT : i]][padded[i]] += 1
    choices = {context: (list(counts), list(accumulate(counts.values()))) for context, counts in following.items()}
    words: dict[str, None] = {}
    while len(words) < num_words:
        word = "^" * CONTEXT
        while not word.endswith("$"):
            letters, weights = choices[word[-CONTEXT:]]
            word += draw.choices(letters, cum_weights=weights)[0]
        words[word[CONTEXT:-1]] = None
    return list(words)
