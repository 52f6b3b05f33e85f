"""The same merges as `bpe`, on megabytes: nothing is counted twice.

The naive trainer looks at the whole text for every merge, though a merge changes only the places where its pair stands.
Here every pair knows its places, a merge goes to those alone and corrects the counts of the neighbours, and a heap keeps
the best pair on top. Encoding a long word uses the same chain of symbols, with the order of the merges in the heap.
"""

from __future__ import annotations

import heapq
import os
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from lectures.lm.bpe import Merges, Vocabulary, build_vocabulary
from lectures.lm.pretokenization import CHUNK_BYTES, count_pretokens_of_file

Pair = tuple[int, int]

EDGE = -1  # stands before the first word, after the last and between any two: no pair reaches across
GONE = -2  # was merged into the symbol to its left


def train_bpe(
    input_path: str | os.PathLike[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    *,
    num_processes: int | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> tuple[Vocabulary, Merges]:
    """Train a byte-level BPE on a UTF-8 file. Returns the vocabulary (id → bytes) and the merges in order of training.

    `vocab_size` counts everything: the 256 bytes (ids 0–255), the merges (256 and on), the special tokens (last, in the
    order given). The vocabulary is smaller when the text runs out of pairs. Among equally frequent pairs the
    lexicographically greatest pair of byte strings is merged.

    Pre-tokens are counted on `num_processes` processes (default: the cores there are), of which each holds `chunk_bytes`
    bytes of the file at a time; a file of one chunk is counted in this process. The result does not depend on either.

    Errors: ValueError for a vocabulary with no room for the bytes and the special tokens, and for a file that is not
    UTF-8; OSError for a file that cannot be read.
    """
    smallest = len(build_vocabulary([], special_tokens))
    if vocab_size < smallest:
        raise ValueError(
            f"vocab_size is {vocab_size}, but the 256 bytes and the special tokens alone are {smallest}; ask for more"
        )
    pretokens = count_pretokens_of_file(
        input_path, special_tokens, num_processes=num_processes, chunk_bytes=chunk_bytes
    )
    merges = learn_merges_fast(pretokens, vocab_size - smallest)
    return build_vocabulary(merges, special_tokens), merges


def learn_merges_fast(pretokens: Mapping[str, int], num_merges: int) -> Merges:
    """`learn_merges` over the bytes of `pretokens` (pre-token → frequency), ties to the greatest pair.

    O(n log n) for n bytes in all distinct pre-tokens, however long a single one is.
    """
    words = [(word.encode("utf-8"), frequency) for word, frequency in pretokens.items()]
    chain = Chain([list(word) for word, _ in words], [frequency for _, frequency in words])
    tokens = [bytes([value]) for value in range(256)]
    keys = [_descending(token) for token in tokens]
    # The heap's smallest item is the pair with the highest count and, among those, the greatest bytes. A count in the heap
    # may be out of date, but only too high: a pair gains places only when its newer symbol is made, and is pushed then.
    heap = [(-count, keys[a], keys[b], a, b) for (a, b), count in chain.counts.items()]
    heapq.heapify(heap)
    merges: Merges = []
    while heap and len(merges) < num_merges:
        negative, key_a, key_b, a, b = heap[0]
        count = chain.counts.get((a, b), 0)
        if count == 0:
            heapq.heappop(heap)
            chain.forget((a, b))
        elif count != -negative:
            heapq.heapreplace(heap, (-count, key_a, key_b, a, b))
        else:
            heapq.heappop(heap)
            merges.append((tokens[a], tokens[b]))
            tokens.append(tokens[a] + tokens[b])
            keys.append(_descending(tokens[-1]))
            for x, y in chain.merge((a, b), new=len(tokens) - 1):
                heapq.heappush(heap, (-chain.counts[x, y], keys[x], keys[y], x, y))
    return merges


_FLIP = {value: 255 - value for value in range(256)}


def _descending(token: bytes) -> str:
    """A key that sorts byte strings the other way round. The last character, above all others, puts `ab` before `a`."""
    return token.decode("latin-1").translate(_FLIP) + "\u0100"


class Chain:
    """Words as one doubly linked chain of symbols that knows, for every pair, its count and its places.

    Position i holds `symbol[i]`, an id; `left[i]` and `right[i]` are the positions of its neighbours; `weight[i]` is the
    frequency of its word. `places[a, b]` are positions, ascending, at which the pair may start: one that has gone since
    stays listed and is skipped when its turn comes.
    """

    def __init__(self, words: Sequence[Sequence[int]], frequencies: Sequence[int]) -> None:
        symbols, weights = [EDGE], [0]
        for word, frequency in zip(words, frequencies, strict=True):
            symbols += [*word, EDGE]
            weights += [frequency] * (len(word) + 1)
        self.symbol = array("i", symbols)
        self.weight = array("q", weights)
        self.left = array("q", range(-1, len(symbols) - 1))
        self.right = array("q", range(1, len(symbols) + 1))
        self.counts: defaultdict[Pair, int] = defaultdict(int)
        self.places: defaultdict[Pair, array[int]] = defaultdict(lambda: array("q"))
        for position, pair in enumerate(pairwise(symbols)):
            if EDGE not in pair:
                self.counts[pair] += weights[position]
                self.places[pair].append(position)

    def merge(self, pair: Pair, new: int) -> set[Pair]:
        """Replace the pair by `new` everywhere, from left to right. Returns the pairs that came into being."""
        symbol, left, right, weight = self.symbol, self.left, self.right, self.weight
        counts, places = self.counts, self.places
        a, b = pair
        born: set[Pair] = set()
        for position in places.pop(pair):
            second = right[position]
            if symbol[position] != a or symbol[second] != b:  # in `aaa` the first two have taken the middle one
                continue
            before, after = left[position], right[second]
            symbol[position], symbol[second] = new, GONE
            right[position], left[after] = after, position
            x, y, count = symbol[before], symbol[after], weight[position]
            if x != EDGE:
                counts[x, a] -= count
                counts[x, new] += count
                places[x, new].append(before)
                born.add((x, new))
            if y != EDGE:
                counts[b, y] -= count
                counts[new, y] += count
                places[new, y].append(position)
                born.add((new, y))
        del counts[pair]
        return {pair for pair in born if counts[pair] > 0}  # in `abab` the pair (new, a) came and went

    def forget(self, pair: Pair) -> None:
        """Drop a pair that no longer occurs."""
        del self.counts[pair], self.places[pair]


def apply_merges_fast(word: Sequence[bytes], ranks: Mapping[tuple[bytes, bytes], int]) -> tuple[bytes, ...]:
    """`apply_merges` in O(n log n) for a word of n symbols: for the one "word" that is a whole genome."""
    symbols: list[bytes | None] = [None, *word, None]
    left = list(range(-1, len(symbols) - 1))
    right = list(range(1, len(symbols) + 1))

    def rank_at(position: int) -> int | None:
        return ranks.get((symbols[position], symbols[right[position]]))  # type: ignore[arg-type]

    heap = [(rank, position) for position in range(1, len(word)) if (rank := rank_at(position)) is not None]
    heapq.heapify(heap)
    while heap:
        current = heap[0][0]
        touched: list[int] = []
        while heap and heap[0][0] == current:  # every place of one merge, from left to right, before any other
            _, position = heapq.heappop(heap)
            if symbols[position] is None or rank_at(position) != current:
                continue
            second = right[position]
            symbols[position] += symbols[second]  # type: ignore[operator]
            symbols[second] = None
            right[position], left[right[second]] = right[second], position
            touched += [left[position], position]
        for position in touched:
            if symbols[position] is not None and (rank := rank_at(position)) is not None:
                heapq.heappush(heap, (rank, position))
    return tuple([symbol for symbol in symbols if symbol is not None])
