"""The E-step of `unigram` over all words at once: the same sums as `forward`, `backward` and `expected_counts`, in NumPy.

The lattices of all words are laid out as one graph: a node for each position of each word, an edge for each place of a piece.
All nodes at the same distance from the beginning of their words are worked out together, then those one byte further on; for
the way back, the same from the ends.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class WordLattices:
    """The lattices of many words (word → frequency) over the pieces that `scores` names.

    Of E edges, `edges` (4, E) holds what each is: its word, its first node, its last node, its piece by number.
    """

    def __init__(self, words: Mapping[bytes, int], scores: Mapping[bytes, float], longest_piece: int) -> None:
        self.frequencies: Floats = np.array([*words.values()], dtype=np.float64)
        lengths: Ints = np.array([len(word) for word in words], dtype=np.int64)
        self.first_nodes: Ints = np.concatenate([[0], np.cumsum(lengths + 1)]).astype(np.int64)[:-1]
        self.last_nodes = self.first_nodes + lengths
        number_of = {piece: number for number, piece in enumerate(scores)}
        edges = array("q")  # a list of tuples would take several times the memory
        for index, (word, node) in enumerate(zip(words, self.first_nodes.tolist(), strict=True)):
            for start in range(len(word)):
                for end in range(start + 1, min(start + longest_piece, len(word)) + 1):
                    piece = number_of.get(word[start:end])
                    if piece is not None:
                        edges.extend((index, node + start, node + end, piece))
        self._lay_out(list(scores), np.array(edges, dtype=np.int64).reshape(-1, 4).T.copy())

    def _lay_out(self, pieces: list[bytes], edges: Ints) -> None:
        self.pieces, self.edges = pieces, edges
        word, start, end, _ = edges
        self._forward = _Sweep(start, end, end - self.first_nodes[word])
        self._backward = _Sweep(end, start, self.last_nodes[word] - start)

    def over_fewer_pieces(self, kept: Mapping[bytes, float]) -> WordLattices:
        """The lattices of the same words over the pieces in `kept`, all of which were there before."""
        fewer = copy(self)
        number_of = {piece: number for number, piece in enumerate(kept)}
        renumbered = np.array([number_of.get(piece, -1) for piece in self.pieces])[self.edges[3]]
        edges = np.vstack([self.edges[:3], renumbered])[:, renumbered >= 0]
        fewer._lay_out(list(kept), edges)
        return fewer

    def e_step(self, scores: Mapping[bytes, float]) -> tuple[dict[bytes, float], float]:
        """What `unigram.e_step` returns: the expected count of every piece, and the log-likelihood of the words, in nats."""
        word, start, end, piece = self.edges
        log_p = np.array([scores[piece] for piece in self.pieces])[piece]
        before = self._forward.run(log_p, self._nodes(self.first_nodes))
        after = self._backward.run(log_p, self._nodes(self.last_nodes))
        log_p_word = before[self.last_nodes]
        used = self.frequencies[word] * np.exp(before[start] + log_p + after[end] - log_p_word[word])
        counts = np.bincount(piece, weights=used, minlength=len(self.pieces))
        return dict(zip(self.pieces, counts.tolist(), strict=True)), float(self.frequencies @ log_p_word)

    def _nodes(self, sources: Ints) -> Floats:
        """A log-probability for each node: 0 at the `sources`, where all paths begin, −∞ elsewhere."""
        nodes = np.full(int(self.last_nodes[-1]) + 1 if len(self.last_nodes) else 0, -np.inf)
        nodes[sources] = 0.0
        return nodes


class _Sweep:
    """Sums over all paths along edges from `source` to `target`, the targets at the least `distance` first."""

    def __init__(self, source: Ints, target: Ints, distance: Ints) -> None:
        self.order = np.lexsort((target, distance))
        self.source = source[self.order]
        target = target[self.order]
        new_target = np.flatnonzero(np.diff(target, prepend=-1))  # where the edges to one node begin
        new_distance = np.flatnonzero(np.diff(distance[self.order], prepend=-1)).tolist()
        bounds = [*new_distance, len(target)]
        groups = np.searchsorted(new_target, bounds).tolist()
        self.levels: list[tuple[slice, Any, Any]] = []
        for i in range(len(new_distance)):
            begins = new_target[groups[i] : groups[i + 1]]
            self.levels.append((slice(bounds[i], bounds[i + 1]), begins - bounds[i], target[begins]))

    def run(self, log_p: Floats, nodes: Floats) -> Floats:
        log_p = log_p[self.order]
        for edges, begins, targets in self.levels:
            nodes[targets] = np.logaddexp.reduceat(nodes[self.source[edges]] + log_p[edges], begins)
        return nodes
