"""Library code in pure Python, heavy in calls: JSON without its C accelerator, a diff, a BPE. Never visible to a tracer."""

from __future__ import annotations

import difflib
import json
import json.scanner
import random
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise


def work() -> None:
    """Half a second in all, about a third of it each."""
    draw = random.Random(0)
    words = ["".join(draw.choices("aeioubcdlmnrst", k=draw.randint(2, 9))) for _ in range(1200)]
    encode_json(words)
    compare(words, draw)
    byte_pairs(words, merges=50)


def encode_json(words: list[str]) -> None:
    encoder = json.JSONEncoder(indent=1)  # with an indent the encoder is Python, a generator a level
    decoder = json.JSONDecoder()
    decoder.scan_once = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
    for _ in range(6):
        nested = {word: [number, word, {"half": number / 2}] for number, word in enumerate(words)}
        decoder.decode(encoder.encode(nested))


def compare(words: list[str], draw: random.Random) -> None:
    for word in words[:120]:
        difflib.get_close_matches(word, draw.sample(words, 300))


def byte_pairs(words: list[str], merges: int) -> None:
    tokens = [tuple(word) for word in words]
    for _ in range(merges):
        counts = Counter(pair for word in tokens for pair in pairs(word))
        best = max(counts, key=lambda pair: (counts[pair], pair))
        tokens = [merged(word, best) for word in tokens]


def pairs(word: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return pairwise(word)


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    result: list[str] = []
    for token in word:
        if result and is_pair(result[-1], token, pair):
            result[-1] += token
        else:
            result.append(token)
    return tuple(result)


def is_pair(left: str, right: str, pair: tuple[str, str]) -> bool:
    return left == pair[0] and right == pair[1]
