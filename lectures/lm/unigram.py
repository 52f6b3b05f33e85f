"""The unigram tokenizer: BPE the other way round. It starts with too many pieces and takes away those missed least.

A *piece* is a byte string, and `scores` gives each piece the logarithm of its probability. A word may be cut into pieces in
many ways; each way has the product of the probabilities of its pieces, and the word the sum over all ways. Training asks for
the pieces under which the words of a text are most probable:

    seed_pieces    more substrings than are wanted, counted
    e_step         how often is each piece used, over all ways to cut each word, the likely ones counting more?
    m_step         its share of all uses is its new probability
    prune          drop the pieces whose loss costs the least likelihood; then again, until few enough are left

The 256 single bytes always stay, so every text has a way. Encoding takes the most probable way, or draws one (`sample`).
This is to read and to step through; `unigram_lattice` holds the E-step that training on a whole text takes, and tests hold
the two together.

Source: Kudo, "Subword Regularization" (arXiv 1804.10959), section 3.2; for EM on such lattices, Dempster, Laird, Rubin (1977).
"""

from __future__ import annotations

import heapq
import math
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from lectures.lm.bpe import Vocabulary, build_vocabulary, split_bytes
from lectures.lm.pretokenization import count_pretokens_of_file, pretokenize
from lectures.lm.tokenizer import Tokenizer
from lectures.lm.tokenizer_files import load_scores, load_vocabulary, save_scores, save_vocabulary
from lectures.lm.unigram_lattice import WordLattices

__all__ = [
    "Scores",
    "UnigramTokenizer",
    "backward",
    "best_segmentation",
    "e_step",
    "expected_counts",
    "forward",
    "lattice",
    "learn_pieces",
    "m_step",
    "prune",
    "removal_loss",
    "sample_segmentation",
    "seed_pieces",
    "train_unigram",
    "training_words",
    "unigram_vocabulary",
]

Scores = dict[bytes, float]
"""Piece → log-probability, in nats."""

Edge = tuple[int, int]

LONGEST_PIECE = 16  # bytes: so far back a position looks, however long the word
LONGEST_WORD = 64  # bytes: training cuts longer pre-tokens, which are rules and tables rather than words
SEEDS_PER_PIECE = 8  # pieces to begin with for each that is to stay
KEPT = 0.75  # the share of pieces that stays in a round …
EM_STEPS = 2  # … after so many steps of EM
SINGLE_BYTES = [bytes([value]) for value in range(256)]
LEAST_SHARE = sys.float_info.min  # of a piece that is never used: its score can still be added up

# ------------------------------------------------------------------------------------- one word: all its segmentations


def lattice(word: bytes, scores: Mapping[bytes, float]) -> list[Edge]:
    """Every (start, end) between which a piece stands in the word, by end and then by start.

    A segmentation of the word is a path from 0 to its length along these edges.
    """
    return [
        (start, end)
        for end in range(1, len(word) + 1)
        for start in range(max(0, end - LONGEST_PIECE), end)
        if word[start:end] in scores
    ]


def forward(word: bytes, scores: Mapping[bytes, float], alpha: float = 1.0) -> list[float]:
    """For each position, the log of the summed probability of all paths from the beginning to it: `len(word) + 1` numbers.

    The last is the log-probability of the word. `alpha` is an exponent on every probability (see `sample_segmentation`).
    """
    before = [0.0] + [-math.inf] * len(word)
    for start, end in lattice(word, scores):
        before[end] = log_add(before[end], before[start] + alpha * scores[word[start:end]])  # @inspect before
    return before


def backward(word: bytes, scores: Mapping[bytes, float]) -> list[float]:
    """The same from each position to the end of the word. The first number is the log-probability of the word."""
    after = [-math.inf] * len(word) + [0.0]
    for start, end in reversed(lattice(word, scores)):
        after[start] = log_add(after[start], scores[word[start:end]] + after[end])  # @inspect after
    return after


def expected_counts(word: bytes, scores: Mapping[bytes, float]) -> dict[bytes, float]:
    """How often each piece is used when the word is cut at random, each way as often as it is probable.

    An edge is used with probability (all paths to its start) · (its piece) · (all paths from its end) / (all paths).
    """
    before, after = forward(word, scores), backward(word, scores)
    counts: dict[bytes, float] = {}
    for start, end in lattice(word, scores):
        piece = word[start:end]
        used = math.exp(before[start] + scores[piece] + after[end] - before[-1])  # @inspect piece used
        counts[piece] = counts.get(piece, 0.0) + used
    return counts


def best_segmentation(word: bytes, scores: Mapping[bytes, float], *, whole: bool = True) -> tuple[bytes, ...]:
    """The most probable segmentation (Viterbi, 1967): at each position only the best way to it matters for what follows.

    Among equals the longest last piece wins. `whole=False` does not take the word as one piece. Errors: ValueError for a
    word that the pieces do not make.
    """
    best = [0.0] + [-math.inf] * len(word)
    came_from = [0] * (len(word) + 1)
    for start, end in lattice(word, scores):
        score = best[start] + scores[word[start:end]]
        if score > best[end] and (whole or end - start < len(word)):
            best[end], came_from[end] = score, start  # @inspect best came_from
    if best[-1] == -math.inf:
        raise ValueError(f"{word[:80]!r} cannot be put together from the pieces; have all single bytes among them")
    pieces: list[bytes] = []
    end = len(word)
    while end > 0:
        pieces.append(word[came_from[end] : end])
        end = came_from[end]
    return tuple(reversed(pieces))


def sample_segmentation(word: bytes, scores: Mapping[bytes, float], alpha: float, random: Random) -> tuple[bytes, ...]:
    """A segmentation drawn with probability in proportion to p^alpha: subword regularization (Kudo, 2018, section 3.1).

    With `alpha` 1 each comes as often as it is probable, with 0 all come equally often, and the larger it is the more often
    the best one comes. Drawn from the end: the last piece first, by how much of all paths to the end go over it.
    """
    before = forward(word, scores, alpha)
    edges_to: list[list[int]] = [[] for _ in range(len(word) + 1)]
    for start, end in lattice(word, scores):
        edges_to[end].append(start)
    pieces: list[bytes] = []
    end = len(word)
    while end > 0:
        starts = edges_to[end]
        shares = [math.exp(before[start] + alpha * scores[word[start:end]] - before[end]) for start in starts]
        start = random.choices(starts, shares)[0]
        pieces.append(word[start:end])
        end = start
    return tuple(reversed(pieces))


def log_add(a: float, b: float) -> float:
    """log(e^a + e^b), without leaving the logarithms: the products of many probabilities are too small for a float."""
    low, high = min(a, b), max(a, b)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


# ------------------------------------------------------------------------------------------ many words: EM and pruning


def e_step(words: Mapping[bytes, int], scores: Mapping[bytes, float]) -> tuple[dict[bytes, float], float]:
    """The expected count of every piece in all words (word → frequency), and the log-likelihood of the words, in nats."""
    counts = dict.fromkeys(scores, 0.0)
    log_likelihood = 0.0
    for word, frequency in words.items():
        for piece, count in expected_counts(word, scores).items():
            counts[piece] += frequency * count
        log_likelihood += frequency * forward(word, scores)[-1]
    return counts, log_likelihood


def m_step(counts: Mapping[bytes, float]) -> Scores:
    """The scores that make the counts most probable: each piece by its share.

    Together with `e_step` this never lowers the likelihood of the words. SentencePiece takes e^ψ(count), ψ the digamma
    function, in place of the count (variational Bayes; Liang and Klein, ACL tutorial, 2007): about count − ½ for large counts
    and next to nothing below ½, so that rare pieces die out by themselves. Here `prune` alone decides what goes, and the
    likelihood stays something that can be checked.
    """
    total = sum(counts.values()) or 1.0
    return {piece: math.log(max(count / total, LEAST_SHARE)) for piece, count in counts.items()}


def removal_loss(piece: bytes, counts: Mapping[bytes, float], scores: Mapping[bytes, float], total: float) -> float:
    """By how much the log-likelihood falls, in nats, when a piece goes and its best parts take over its `count` uses.

    With every use settled, pieces used c times each, T in all, have the log-likelihood Σ c·log c − T·log T; the loss is what
    that falls by. It is an estimate, since the uses are expected ones and what is left would be cut anew, but one that takes
    no pass over the text.
    """
    parts = best_segmentation(piece, scores, whole=False)
    count = counts[piece]
    gained = 0.0
    for part, times in Counter(parts).items():
        gained += c_log_c(counts[part] + times * count) - c_log_c(counts[part])
    return c_log_c(count) - gained + c_log_c(total + (len(parts) - 1) * count) - c_log_c(total)


def c_log_c(count: float) -> float:
    return count * math.log(count) if count > 0 else 0.0


def prune(counts: Mapping[bytes, float], keep: int) -> Scores:
    """The scores of the single bytes and of the `keep` longer pieces that would be missed most, the rest shared out anew."""
    scores, total = m_step(counts), sum(counts.values())
    losses = {piece: removal_loss(piece, counts, scores, total) for piece in counts if len(piece) > 1}
    kept = set(heapq.nlargest(keep, losses, key=lambda piece: (losses[piece], piece)))
    return m_step({piece: count for piece, count in counts.items() if len(piece) == 1 or piece in kept})


def seed_pieces(words: Mapping[bytes, int], size: int) -> dict[bytes, int]:
    """The 256 single bytes and the `size` longer substrings that cover most of the words (count · length), counted.

    Substrings that occur once are left out, and those of more than 16 bytes: a piece is to be met again.
    """
    counts: Counter[bytes] = Counter()
    for word, frequency in words.items():
        for start in range(len(word)):
            for end in range(start + 1, min(start + LONGEST_PIECE, len(word)) + 1):
                counts[word[start:end]] += frequency
    longer = [piece for piece, count in counts.items() if len(piece) > 1 and count > 1]
    chosen = heapq.nlargest(size, longer, key=lambda piece: (counts[piece] * len(piece), piece))
    return {piece: counts[piece] for piece in [*SINGLE_BYTES, *chosen]}


def learn_pieces(words: Mapping[bytes, int], num_pieces: int) -> Scores:
    """Train: the single bytes and `num_pieces` longer pieces with their scores; fewer if the words have not so many.

    `words` maps each word to its frequency; `training_words` makes them.
    """
    scores = m_step(seed_pieces(words, SEEDS_PER_PIECE * num_pieces))
    lattices = WordLattices(words, scores, LONGEST_PIECE)
    while True:
        for _ in range(EM_STEPS):
            counts, _ = lattices.e_step(scores)
            scores = m_step(counts)
        longer = len(scores) - len(SINGLE_BYTES)
        if longer <= num_pieces:
            return scores
        scores = prune(counts, max(num_pieces, int(KEPT * longer)))
        lattices = lattices.over_fewer_pieces(scores)


def training_words(pretokens: Mapping[str, int]) -> dict[bytes, int]:
    """Pre-tokens and their frequencies as `learn_pieces` takes them: in bytes, the long ones cut every 64."""
    words: Counter[bytes] = Counter()
    for pretoken, frequency in pretokens.items():
        data = b"".join(split_bytes(pretoken))
        for start in range(0, len(data), LONGEST_WORD):
            words[data[start : start + LONGEST_WORD]] += frequency
    return dict(words)


def unigram_vocabulary(scores: Mapping[bytes, float], special_tokens: Sequence[str] = ()) -> Vocabulary:
    """The ids: 0–255 are the single bytes, then the longer pieces from the most to the least probable, then the specials."""
    longer = sorted((piece for piece in scores if len(piece) > 1), key=lambda piece: (-scores[piece], piece))
    return build_vocabulary([(piece[:1], piece[1:]) for piece in longer], special_tokens)


def train_unigram(
    input_path: str | os.PathLike[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    *,
    num_processes: int | None = None,
) -> tuple[Vocabulary, Scores]:
    """Train a unigram tokenizer on a UTF-8 file. Returns the vocabulary (id → bytes) and the scores (piece → log p).

    `vocab_size` counts everything: the 256 bytes (ids 0–255), the longer pieces, the special tokens (last). The vocabulary is
    smaller when the text has not so many substrings that occur twice. The same text gives the same pieces.

    Errors: ValueError for a vocabulary with no room for the bytes and the special tokens, and for a file that is not UTF-8;
    OSError for a file that cannot be read.
    """
    smallest = len(build_vocabulary([], special_tokens))
    if vocab_size < smallest:
        raise ValueError(
            f"vocab_size is {vocab_size}, but the 256 bytes and the special tokens alone are {smallest}; ask for more"
        )
    pretokens = count_pretokens_of_file(input_path, special_tokens, num_processes=num_processes)
    scores = learn_pieces(training_words(pretokens), vocab_size - smallest)
    return unigram_vocabulary(scores, special_tokens), scores


# ------------------------------------------------------------------------------------------------------- the tokenizer


class UnigramTokenizer(Tokenizer):
    """A byte-level unigram tokenizer with GPT-2's pre-tokenization.

    vocab: id → bytes, as `train_unigram` returns it.
    scores: the log-probability of each piece; must hold the 256 single bytes, so that no text is unknown, and no piece that is
        not in `vocab`.
    special_tokens: as `Tokenizer` has them. So are `encode`, `encode_iterable` and `decode`: only how a pre-token is cut differs.

    Errors: ValueError, saying which entry is wrong.
    """

    def __init__(
        self, vocab: dict[int, bytes], scores: Mapping[bytes, float], special_tokens: list[str] | None = None
    ) -> None:
        super().__init__(vocab, [], special_tokens)
        self.scores = dict(scores)
        if missing := [piece for piece in SINGLE_BYTES if piece not in self.scores]:
            raise ValueError(
                f"the scores lack {len(missing)} of the 256 single bytes, the first is 0x{missing[0][0]:02x}"
            )
        for piece, score in self.scores.items():
            if piece not in self.ids:
                raise ValueError(f"the piece {piece!r} has a score but no id; have it in the vocabulary")
            if not -math.inf < score <= 0:
                raise ValueError(
                    f"the score of the piece {piece!r} is {score}; a log-probability is finite and at most 0"
                )
            if len(piece) > LONGEST_PIECE:
                raise ValueError(f"the piece {piece!r} is longer than {LONGEST_PIECE} bytes; leave it out")

    def encode_pretoken(self, pretoken: str) -> list[int]:
        """The ids of one pre-token: one if it is a special token; else its most probable segmentation."""
        if pretoken in self.special_tokens:
            return [self.ids[pretoken.encode("utf-8")]]
        word = b"".join(split_bytes(pretoken))
        return [self.ids[piece] for piece in best_segmentation(word, self.scores)]

    def sample(self, text: str, alpha: float = 0.2, random: Random | None = None) -> list[int]:
        """The ids of a text cut at random, differently each time; they decode to the text all the same.

        A model that sees a text cut in many ways depends less on any of them. `alpha` as in `sample_segmentation`; `random`
        makes it repeatable. Errors: ValueError for an alpha below 0.
        """
        if not 0 <= alpha < math.inf:
            raise ValueError(f"alpha is {alpha}; it must be at least 0 (all ways equally often) and finite")
        random = random or Random()
        ids: list[int] = []
        for pretoken in pretokenize(text, self.special_tokens):
            if pretoken in self.special_tokens:
                ids.append(self.ids[pretoken.encode("utf-8")])
            else:
                word = b"".join(split_bytes(pretoken))
                ids += [self.ids[piece] for piece in sample_segmentation(word, self.scores, alpha, random)]
        return ids

    def save(self, vocab_path: str | os.PathLike[str], scores_path: str | os.PathLike[str]) -> None:
        """Write the vocabulary (JSON, as `Tokenizer` does) and the scores (text: a piece, a tab and its score a line)."""
        save_vocabulary(self.vocab, vocab_path)
        save_scores(self.scores, scores_path)

    @classmethod
    def from_files(
        cls,
        vocab_filepath: str | os.PathLike[str],
        scores_filepath: str | os.PathLike[str],
        special_tokens: list[str] | None = None,
    ) -> UnigramTokenizer:
        """Read what `save` wrote. Errors: ValueError saying what is wrong in which file, OSError for one that cannot be read."""
        return cls(load_vocabulary(vocab_filepath), load_scores(scores_filepath), special_tokens)
