"""Byte-pair encoding, as short as it can be said: count the pairs, take the best one, merge it, again.

These are the functions to read and to step through. `bpe_fast` gives the same answers on megabytes; the tests hold the
two together.

A *word* is a tuple of symbols, and a symbol is anything that compares and hashes: a character, a `bytes` object, an id.
A text is held as *words with their frequencies*, `{("l", "o", "w"): 5, …}`: pairs are counted inside words only, and a
word that occurs a thousand times is looked at once. To let merges cross everything, make the whole text one word.

Source of the algorithm: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units"
(arXiv 1508.07909), which adapted Gage's compressor of 1994.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, TypeVar

from lectures.lm.pretokenization import count_pretokens, distinct_special_tokens

Symbol = TypeVar("Symbol", bound=Any)
Text = TypeVar("Text", str, bytes)
Tie = Literal["first", "greatest"]

Vocabulary = dict[int, bytes]
Merges = list[tuple[bytes, bytes]]


def count_pairs(words: Mapping[tuple[Symbol, ...], int]) -> dict[tuple[Symbol, Symbol], int]:
    """How often each pair of neighbours occurs, in the order in which the pairs are first seen.

    `words` maps each word to its frequency. Overlapping pairs count: `aaa` holds the pair (a, a) twice.
    """
    counts: dict[tuple[Symbol, Symbol], int] = {}
    for word, frequency in words.items():
        for pair in pairwise(word):  # @inspect pair
            counts[pair] = counts.get(pair, 0) + frequency  # @inspect counts
    return counts


def best_pair(counts: Mapping[tuple[Symbol, Symbol], int], tie: Tie = "greatest") -> tuple[Symbol, Symbol]:
    """The most frequent pair. Among equals, `tie` takes the one first seen or the lexicographically greatest one.

    The choice matters only in that everyone must make the same one: another tie, another vocabulary.
    """
    if not counts:
        raise ValueError("there is no pair to choose from: every word is a single symbol")
    if tie == "first":
        return max(counts, key=lambda pair: counts[pair])
    return max(counts, key=lambda pair: (counts[pair], pair))


def merge_pair(word: Sequence[Symbol], pair: tuple[Symbol, Symbol], new: Symbol) -> tuple[Symbol, ...]:
    """`word` with each occurrence of `pair`, taken from left to right, replaced by the one symbol `new`."""
    left, right = pair
    merged: list[Symbol] = []
    position = 0
    while position < len(word):
        if word[position] == left and position + 1 < len(word) and word[position + 1] == right:
            merged.append(new)  # @inspect merged
            position += 2
        else:
            merged.append(word[position])  # @inspect merged
            position += 1
    return tuple(merged)


def merge_words(
    words: Mapping[tuple[Symbol, ...], int], pair: tuple[Symbol, Symbol], new: Symbol
) -> dict[tuple[Symbol, ...], int]:
    """`merge_pair` in every word; the frequencies stay."""
    merged: dict[tuple[Symbol, ...], int] = {}
    for word, frequency in words.items():
        new_word = merge_pair(word, pair, new)  # @inspect new_word
        merged[new_word] = merged.get(new_word, 0) + frequency
    return merged


def learn_merges(
    words: Mapping[tuple[Text, ...], int], num_merges: int, tie: Tie = "greatest"
) -> list[tuple[Text, Text]]:
    """Train: the first `num_merges` merges, in the order in which they are made; fewer if the pairs run out.

    Symbols are strings or bytes, and a merged symbol is the two written together. Every round counts everything anew:
    O(num_merges × size of the text).
    """
    merges: list[tuple[Text, Text]] = []
    for _ in range(num_merges):
        counts = count_pairs(words)
        if not counts:
            break
        pair = best_pair(counts, tie)
        words = merge_words(words, pair, pair[0] + pair[1])
        merges.append(pair)
    return merges


def apply_merges(word: Sequence[Text], ranks: Mapping[tuple[Text, Text], int]) -> tuple[Text, ...]:
    """Encode one word: as long as some pair of neighbours is a known merge, make the one that was learned first.

    `ranks` maps each merge to its place in the order of training. Nothing is counted here: what is frequent was settled
    in training, and a text gets the same tokens whatever stands around it.
    """
    word = tuple(word)
    while True:
        known = [pair for pair in pairwise(word) if pair in ranks]  # @inspect known
        if not known:
            return word
        pair = min(known, key=lambda pair: ranks[pair])  # @inspect pair
        word = merge_pair(word, pair, pair[0] + pair[1])  # @inspect word


def split_bytes(word: str) -> tuple[bytes, ...]:
    """The UTF-8 bytes of a string, each as a symbol of its own: `"né"` → `(b"n", b"\\xc3", b"\\xa9")`.

    Errors: ValueError for half of a surrogate pair, which is no character.
    """
    try:
        data = word.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(
            f"{word[:80]!r} holds a lone surrogate, which UTF-8 cannot express; replace it first"
        ) from None
    return tuple([data[i : i + 1] for i in range(len(data))])


def build_vocabulary(merges: Merges, special_tokens: Sequence[str] = ()) -> Vocabulary:
    """The ids: 0–255 are the single bytes, then one id a merge in order of training, then the special tokens as given.

    A special token that is already there (a single byte, or named twice) gets no second id.
    """
    tokens = [bytes([value]) for value in range(256)] + [left + right for left, right in merges]
    present = set(tokens)
    for special in distinct_special_tokens(special_tokens):
        if special.encode("utf-8") not in present:
            tokens.append(special.encode("utf-8"))
    return dict(enumerate(tokens))


def train_bpe_naive(
    text: str,
    num_merges: int,
    special_tokens: Sequence[str] = (),
    *,
    tie: Tie = "greatest",
    pretokenization: bool = True,
) -> tuple[Vocabulary, Merges]:
    """Train a byte-level BPE on a string, recounting every pair for every merge: right, readable and slow.

    Same result as `train_bpe` on a file with this text (with `tie="greatest"`). Without `pretokenization` each stretch
    between special tokens is one word, and merges may cross spaces.
    """
    pretokens = count_pretokens(text, special_tokens, pretokenization=pretokenization)
    words = {split_bytes(pretoken): frequency for pretoken, frequency in pretokens.items()}
    merges = learn_merges(words, num_merges, tie)
    return build_vocabulary(merges, special_tokens), merges
