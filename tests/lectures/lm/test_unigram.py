"""The unigram tokenizer against brute force over all segmentations, the fast E-step against the readable one, and the whole."""

import math
import pickle
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lectures.lm.tokenizer import Tokenizer, compression_ratio, count_pretokens
from lectures.lm.unigram import (
    LONGEST_PIECE,
    LONGEST_WORD,
    SINGLE_BYTES,
    UnigramTokenizer,
    backward,
    best_segmentation,
    e_step,
    expected_counts,
    forward,
    learn_pieces,
    m_step,
    prune,
    removal_loss,
    sample_segmentation,
    seed_pieces,
    train_unigram,
    training_words,
    unigram_vocabulary,
)
from lectures.lm.unigram_lattice import WordLattices
from tests.lectures.lm.tokenizer_texts import PIECES, special_tokens, texts

TEXT = (
    " ".join(PIECES[:40] * 2)
    + " low lower lowest newest widest wider show slow slowest west rest showing" * 3
    + "lowest"
)
SCORES = learn_pieces(training_words(count_pretokens(TEXT)), 30)
VOCAB = unigram_vocabulary(SCORES)

unhurried = settings(deadline=None)
small_words = st.text(alphabet="abc", min_size=1, max_size=8).map(str.encode)
word_counts = st.dictionaries(small_words, st.integers(1, 5), max_size=12)
piece_counts = st.dictionaries(
    st.text(alphabet="abc", min_size=2, max_size=4).map(str.encode), st.floats(0.01, 100), max_size=12
).flatmap(
    lambda longer: st.tuples(*[st.floats(0.01, 100)] * 3).map(
        lambda single: dict(zip((b"a", b"b", b"c"), single, strict=True)) | longer
    )
)
"""Counts of the three letters and of some longer pieces."""


def segmentations(word, scores):
    """Every way to cut the word, with its log-probability."""
    if not word:
        return [((), 0.0)]
    return [
        ((word[:end], *rest), scores[word[:end]] + log_p)
        for end in range(1, len(word) + 1)
        if word[:end] in scores
        for rest, log_p in segmentations(word[end:], scores)
    ]


# ---------------------------------------------------------------------------------------------------- brute force


@unhurried
@given(word=small_words, counts=piece_counts)
def test_forward_and_backward_sum_over_all_segmentations(word, counts):
    scores = m_step(counts)
    for cut in range(len(word) + 1):
        before = sum(math.exp(log_p) for _, log_p in segmentations(word[:cut], scores))
        after = sum(math.exp(log_p) for _, log_p in segmentations(word[cut:], scores))
        assert forward(word, scores)[cut] == pytest.approx(math.log(before), abs=1e-9)
        assert backward(word, scores)[cut] == pytest.approx(math.log(after), abs=1e-9)


@unhurried
@given(word=small_words, counts=piece_counts)
def test_expected_counts_are_those_of_all_segmentations(word, counts):
    scores = m_step(counts)
    ways = segmentations(word, scores)
    total = sum(math.exp(log_p) for _, log_p in ways)
    expected = Counter()
    for pieces, log_p in ways:
        for piece in pieces:
            expected[piece] += math.exp(log_p) / total
    assert expected_counts(word, scores) == pytest.approx(dict(expected))


@unhurried
@given(word=small_words, counts=piece_counts)
def test_viterbi_finds_the_most_probable_of_all_segmentations(word, counts):
    scores = m_step(counts)
    ways = segmentations(word, scores)
    best = best_segmentation(word, scores)
    assert b"".join(best) == word
    assert sum(scores[piece] for piece in best) == pytest.approx(max(log_p for _, log_p in ways), abs=1e-9)
    if len(word) > 1:
        in_parts = best_segmentation(word, scores, whole=False)
        most = max(log_p for pieces, log_p in ways if len(pieces) > 1)
        assert sum(scores[piece] for piece in in_parts) == pytest.approx(most, abs=1e-9)
        assert len(in_parts) > 1


def test_among_equals_the_longest_last_piece_wins():
    scores = {b"a": -1.0, b"b": -1.0, b"c": -1.0, b"ab": -2.0, b"bc": -2.0}
    assert best_segmentation(b"abc", scores) == (b"a", b"bc")


def test_the_best_of_an_ambiguous_word():
    scores = m_step({b"a": 1, b"b": 1, b"c": 1, b"ab": 6, b"bc": 4})
    assert best_segmentation(b"abc", scores) == (b"ab", b"c")
    assert expected_counts(b"abc", scores)[b"ab"] == pytest.approx(
        (6 * 1 / 13**2) / (6 / 13**2 + 4 / 13**2 + 1 / 13**3)
    )


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, 3.0])
def test_segmentations_are_drawn_as_often_as_they_should(alpha):
    scores = m_step({b"a": 4, b"b": 2, b"c": 1, b"ab": 6, b"bc": 4, b"abc": 1})
    weights = {pieces: math.exp(alpha * log_p) for pieces, log_p in segmentations(b"abcab", scores)}
    random, draws = Random(0), 4000
    drawn = Counter(sample_segmentation(b"abcab", scores, alpha, random) for _ in range(draws))
    assert drawn.keys() <= weights.keys()
    for pieces, weight in weights.items():
        assert drawn[pieces] / draws == pytest.approx(weight / sum(weights.values()), abs=0.03)


# ---------------------------------------------------------------------------------------------- training, in parts


@unhurried
@given(words=word_counts)
def test_em_never_lowers_the_likelihood(words):
    scores, before = m_step(seed_pieces(words, 10)), -math.inf
    for _ in range(6):
        counts, log_likelihood = e_step(words, scores)
        assert log_likelihood >= before - 1e-9 * abs(log_likelihood)
        scores, before = m_step(counts), log_likelihood
    uses = sum(len(piece) * count for piece, count in counts.items())
    assert uses == pytest.approx(sum(len(word) * frequency for word, frequency in words.items()))


def test_em_learns_which_pieces_explain_the_words():
    words = {b"abab": 8, b"ab": 4, b"a": 1}
    scores = m_step(seed_pieces(words, 10))
    for _ in range(50):
        counts, _ = e_step(words, scores)
        scores = m_step(counts)
    assert math.exp(scores[b"b"]) < 1e-6  # whatever b stands in is explained better by ab
    assert sum(math.exp(score) for score in scores.values()) == pytest.approx(1)


@unhurried
@given(words=word_counts, seeds=st.integers(0, 12), kept=st.integers(0, 12))
def test_the_fast_e_step_equals_the_readable_one(words, seeds, kept):
    scores = m_step(seed_pieces(words, seeds))
    lattices = WordLattices(words, scores, LONGEST_PIECE)
    counts, log_likelihood = lattices.e_step(scores)
    expected, expected_likelihood = e_step(words, scores)
    assert counts == pytest.approx(expected)
    assert log_likelihood == pytest.approx(expected_likelihood)

    fewer = prune(counts, kept)
    counts, log_likelihood = lattices.over_fewer_pieces(fewer).e_step(fewer)
    expected, expected_likelihood = e_step(words, fewer)
    assert counts == pytest.approx(expected)
    assert log_likelihood == pytest.approx(expected_likelihood)


def log_likelihood_of_uses(counts):
    return sum(count * math.log(count / sum(counts.values())) for count in counts.values() if count > 0)


@unhurried
@given(counts=piece_counts)
def test_the_loss_of_a_piece_is_what_the_likelihood_of_its_uses_falls_by(counts):
    scores = m_step(counts)
    for piece in [piece for piece in counts if len(piece) > 1]:
        without = {other: count for other, count in counts.items() if other != piece}
        for part in best_segmentation(piece, scores, whole=False):
            without[part] += counts[piece]
        fall = log_likelihood_of_uses(counts) - log_likelihood_of_uses(without)
        assert removal_loss(piece, counts, scores, sum(counts.values())) == pytest.approx(fall, abs=1e-6)


def test_pruning_keeps_the_bytes_and_what_would_be_missed_most():
    counts = dict.fromkeys(SINGLE_BYTES, 1.0) | {b"th": 50.0, b"the": 200.0, b"xy": 2.0, b"qz": 0.0}
    assert set(prune(counts, 2)) == {*SINGLE_BYTES, b"th", b"the"}
    assert set(prune(counts, 1)) == {*SINGLE_BYTES, b"the"}
    assert set(prune(counts, 0)) == set(SINGLE_BYTES)
    assert sum(math.exp(score) for score in prune(counts, 2).values()) == pytest.approx(1)


def test_seeds_are_the_substrings_that_cover_most():
    seeds = seed_pieces({b"the": 10, b"then": 3, b"of": 5, b"xyz": 1}, 4)
    assert len(seeds) == 256 + 4
    assert {piece: count for piece, count in seeds.items() if len(piece) > 1} == {
        b"the": 13,
        b"th": 13,
        b"he": 13,
        b"then": 3,  # 12 bytes, as `hen` has 9 and `of` 10
    }
    assert seeds[b"t"] == 13
    assert seeds[b"\x00"] == 0
    assert b"yz" not in seed_pieces({b"xyz": 1}, 100)  # once is no pattern
    assert max(map(len, seed_pieces({b"a" * 40: 2}, 100))) == LONGEST_PIECE


def test_long_pretokens_are_cut_for_training():
    words = training_words({"é" * 50: 2, "a": 1})
    assert words == {("é" * 32).encode(): 2, ("é" * 18).encode(): 2, b"a": 1}
    assert max(map(len, words)) == LONGEST_WORD


# ------------------------------------------------------------------------------------------------ training, whole


@pytest.mark.parametrize("num_pieces", [0, 1, 7, 60])
def test_exactly_as_many_pieces_as_asked_for(num_pieces):
    scores = learn_pieces(training_words(count_pretokens(TEXT)), num_pieces)
    assert len(scores) == 256 + num_pieces
    assert sum(math.exp(score) for score in scores.values()) == pytest.approx(1)


def test_training_repeats_itself():
    words = training_words(count_pretokens(TEXT))
    assert learn_pieces(words, 40) == learn_pieces(words, 40)


@pytest.mark.parametrize("text", ["", "a", "ab cd"])
def test_a_text_without_repetition_has_the_bytes_alone(tmp_path, text):
    (tmp_path / "text.txt").write_text(text)
    vocab, scores = train_unigram(tmp_path / "text.txt", 300)
    assert list(vocab.values()) == SINGLE_BYTES
    tokenizer = UnigramTokenizer(vocab, scores)
    assert tokenizer.encode("ab ☃") == list("ab ☃".encode())


def test_it_learns_the_text_it_is_trained_on():
    path = Path("lectures/data/opticks.txt")
    vocab, scores = train_unigram(path, 512, ["<|endoftext|>"])
    assert len(vocab) == 512
    assert vocab[511] == b"<|endoftext|>"
    assert list(vocab.values())[:256] == SINGLE_BYTES
    assert {b" the", b" Light", b" Rays", b" Colours"} <= set(vocab.values())
    order = [scores[vocab[id]] for id in range(256, 511)]
    assert order == sorted(order, reverse=True)
    text = path.read_text(encoding="utf-8")
    tokenizer = UnigramTokenizer(vocab, scores, ["<|endoftext|>"])
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert 2.3 < compression_ratio(text, ids) < 2.6


# --------------------------------------------------------------------------------------------------- the tokenizer


@unhurried
@given(text=texts, specials=special_tokens)
def test_round_trip(text, specials):
    tokenizer = UnigramTokenizer(VOCAB, SCORES, specials)
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert list(tokenizer.encode_iterable(iter(text))) == ids


@unhurried
@given(text=texts, specials=special_tokens, alpha=st.floats(0, 20), seed=st.integers(0, 99))
def test_a_sampled_text_decodes_to_itself(text, specials, alpha, seed):
    tokenizer = UnigramTokenizer(VOCAB, SCORES, specials)
    ids = tokenizer.sample(text, alpha, Random(seed))
    assert tokenizer.decode(ids) == text
    assert tokenizer.sample(text, alpha, Random(seed)) == ids


def test_samples_differ_and_a_large_alpha_takes_the_best():
    tokenizer = UnigramTokenizer(VOCAB, SCORES)
    text = " lower lowest newest wider showing"
    assert len({tuple(tokenizer.sample(text, 0.2, Random(seed))) for seed in range(20)}) > 3
    assert tokenizer.sample(text, 1000.0, Random(0)) == tokenizer.encode(text)


def test_special_tokens_stay_whole():
    tokenizer = UnigramTokenizer(VOCAB, SCORES, ["<|s|>"])
    special = len(VOCAB)
    assert tokenizer.encode("<|s|>low") == [special, *tokenizer.encode("low")]
    assert tokenizer.sample("<|s|><|s|>", 0.0) == [special, special]


def test_one_endless_word():
    tokenizer = UnigramTokenizer(VOCAB, SCORES)
    text = "lowest" * 10_000
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert len(ids) < len(text) / 2


def test_it_travels_to_files_and_other_processes(tmp_path):
    tokenizer = UnigramTokenizer(VOCAB, SCORES, ["<|s|>"])
    tokenizer.save(tmp_path / "vocab.json", tmp_path / "scores.txt")
    read = UnigramTokenizer.from_files(tmp_path / "vocab.json", tmp_path / "scores.txt", ["<|s|>"])
    assert (read.vocab, read.scores) == (tokenizer.vocab, tokenizer.scores)
    text = TEXT + "<|s|>né 🌍"
    assert read.encode(text) == pickle.loads(pickle.dumps(tokenizer)).encode(text) == tokenizer.encode(text)
    assert isinstance(tokenizer, Tokenizer)


# ------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({}, "the scores lack 256 of the 256 single bytes, the first is 0x00"),
        (SCORES | {b"zzz": -3.0}, "the piece b'zzz' has a score but no id"),
        (SCORES | {b"a": 0.5}, "the score of the piece b'a' is 0.5; a log-probability is"),
        (SCORES | {b"a": math.nan}, "the score of the piece b'a' is nan"),
        (SCORES | {b"a": -math.inf}, "the score of the piece b'a' is -inf"),
    ],
)
def test_scores_that_cannot_work_are_refused(scores, message):
    with pytest.raises(ValueError, match=message):
        UnigramTokenizer(VOCAB, scores)


def test_a_piece_that_is_too_long_is_refused():
    piece = b"a" * (LONGEST_PIECE + 1)
    with pytest.raises(ValueError, match="is longer than 16 bytes; leave it out"):
        UnigramTokenizer(VOCAB | {9000: piece}, SCORES | {piece: -3.0})


@pytest.mark.parametrize("alpha", [-0.1, math.inf, math.nan])
def test_an_alpha_that_means_nothing_is_refused(alpha):
    with pytest.raises(ValueError, match=r"alpha is .*; it must be at least 0"):
        UnigramTokenizer(VOCAB, SCORES).sample("low", alpha)


def test_other_bad_arguments(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"abc \xff")
    with pytest.raises(ValueError, match="vocab_size is 256, but the 256 bytes and the special tokens alone are 257"):
        train_unigram(path, 256, ["<|s|>"])
    with pytest.raises(ValueError, match="is not UTF-8: byte 0xff at offset 4"):
        train_unigram(path, 300)
    with pytest.raises(OSError, match="No such file"):
        train_unigram(tmp_path / "gone.txt", 300)
    with pytest.raises(ValueError, match="holds a lone surrogate"):
        UnigramTokenizer(VOCAB, SCORES).encode("a\ud800")
    with pytest.raises(ValueError, match="b'ax' cannot be put together from the pieces"):
        best_segmentation(b"ax", {b"a": -1.0})


@pytest.mark.parametrize("line", ["a", "a\tx", "a -1.0", "你\t-1.0", "\t-1.0", "a\t-1.0\na\t-1.0"])
def test_a_bad_file_of_scores_is_named(tmp_path, line):
    UnigramTokenizer(VOCAB, SCORES).save(tmp_path / "vocab.json", tmp_path / "scores.txt")
    (tmp_path / "scores.txt").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"scores.txt, line [12]: .* is no score; expected a new token, a tab and a number"
    ):
        UnigramTokenizer.from_files(tmp_path / "vocab.json", tmp_path / "scores.txt")
