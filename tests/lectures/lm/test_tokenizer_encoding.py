"""Encoding: equal to doing every merge in order by hand, the same in pieces, and undone by decoding."""

import pickle
import tracemalloc
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import lectures.lm.tokenizer as module
from lectures.lm.bpe_fast import apply_merges_fast
from lectures.lm.tokenizer import (
    Tokenizer,
    apply_merges,
    merge_pair,
    pretokenize,
    split_bytes,
    train_bpe,
    train_bpe_naive,
)
from tests.lectures.lm.tokenizer_texts import PIECES, SPECIALS, special_tokens, texts

VOCAB, MERGES = train_bpe_naive(" ".join(PIECES[:40] * 2) + "low lower lowest newest aaaaaaa", 80)


def slow_encode(text: str, specials: list[str]) -> list[bytes]:
    """Every rule as it is stated, one at a time: specials from the left, the longest first; merges in order of training."""
    tokens, plain, position = [], "", 0
    while position <= len(text):
        special = max((s for s in specials if text.startswith(s, position)), key=len, default=None)
        if special or position == len(text):
            for pretoken in pretokenize(plain):
                word = split_bytes(pretoken)
                for left, right in MERGES:
                    word = merge_pair(word, (left, right), left + right)
                tokens += word
            tokens += [special.encode()] if special else []
            plain, position = "", position + len(special or "x")
        else:
            plain += text[position]
            position += 1
    return tokens


@given(text=texts, specials=special_tokens)
def test_encode_equals_the_slow_encoder(text, specials):
    tokenizer = Tokenizer(VOCAB, MERGES, specials)
    assert [tokenizer.vocab[id] for id in tokenizer.encode(text)] == slow_encode(text, specials)


@given(text=texts, specials=special_tokens)
def test_round_trip(text, specials):
    tokenizer = Tokenizer(VOCAB, MERGES, specials)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert "".join(pretokenize(text, specials)) == text


@example(text="I'll be", specials=[], cuts=[])
@given(text=texts, specials=special_tokens, cuts=st.lists(st.integers(0, 200)))
def test_pieces_encode_like_the_whole(text, specials, cuts):
    tokenizer = Tokenizer(*train_bpe_naive(text, 100, specials), specials)  # another cut, other ids
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    assert list(tokenizer.encode_iterable(pieces)) == tokenizer.encode(text)
    assert list(tokenizer.encode_iterable(iter(text))) == tokenizer.encode(text)


@given(
    word=st.text(alphabet="ab", max_size=30),
    merges=st.lists(st.tuples(*[st.sampled_from(["a", "b", "ab", "ba", "aa"])] * 2), unique=True, max_size=12),
)
@example(word="abab", merges=[("ab", "a"), ("a", "b")])
def test_the_heap_applies_merges_like_the_loop(word, merges):
    """Also for merges in an order that no training gives."""
    ranks = {(left.encode(), right.encode()): rank for rank, (left, right) in enumerate(merges)}
    assert apply_merges_fast(split_bytes(word), ranks) == apply_merges(split_bytes(word), ranks)


def test_ids_come_before_the_pieces_end():
    def endless():
        while True:
            yield "low lower <|s|> "

    tokenizer = Tokenizer(VOCAB, MERGES, ["<|s|>"])
    first = list(islice(tokenizer.encode_iterable(endless()), 100))
    assert first == tokenizer.encode("low lower <|s|> " * 100)[:100]


def test_memory_stays_flat_on_a_stream():
    tokenizer = Tokenizer(VOCAB, MERGES, SPECIALS)
    tokenizer.encode("low lower newest")  # compiles the pattern

    def peak_bytes(lines: int, line: str) -> int:
        tracemalloc.start()
        count = sum(1 for _ in tokenizer.encode_iterable(line.format(i) for i in range(lines)))
        assert count > 4 * lines
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    same = "low lower newest <|s|>\n"
    assert peak_bytes(20_000, same) < 1.2 * peak_bytes(1_000, same) + 10_000  # 460 KB and 23 KB of text
    assert peak_bytes(20_000, "low {} <|s|>\n") < 1_500_000  # 20,000 different words


def test_remembered_pretokens_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 100)
    tokenizer = Tokenizer(VOCAB, MERGES)
    text = " ".join(f"word{'x' * (i % 70)}a{i}" for i in range(1000))
    ids = list(tokenizer.encode_iterable(text.splitlines(keepends=True)))
    assert tokenizer.decode(ids) == text
    assert 0 < len(tokenizer._remembered) <= 100


def test_one_endless_word(monkeypatch):
    """A pre-token of 400,000 characters, whole and in small pieces: neither may take quadratic time."""
    vocab, merges = train_bpe_naive("abcd" * 20 + "dcba" * 10, 12)
    tokenizer = Tokenizer(vocab, merges)
    text = "abcddcba" * 50_000
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text

    looked_at = 0
    settled_pretokens = tokenizer._settled_pretokens

    def counting(text):
        nonlocal looked_at
        looked_at += len(text)
        return settled_pretokens(text)

    monkeypatch.setattr(tokenizer, "_settled_pretokens", counting)
    assert list(tokenizer.encode_iterable(text[start : start + 10] for start in range(0, len(text), 10))) == ids
    assert looked_at < 3 * len(text)


def test_the_longest_special_token_wins():
    tokenizer = Tokenizer(VOCAB, MERGES, ["<|s|>", "<|s|><|s|>"])
    one, two = tokenizer.ids[b"<|s|>"], tokenizer.ids[b"<|s|><|s|>"]
    assert tokenizer.encode("<|s|><|s|><|s|>") == [two, one]
    assert list(tokenizer.encode_iterable(["<|s", "|><|s|", "><|s", "|>"])) == [two, one]


def test_special_tokens_get_the_next_ids_and_keep_those_they_have():
    tokenizer = Tokenizer(VOCAB | {5000: b"<|s|>"}, MERGES, ["<|new|>", "<|s|>", "a"])
    assert tokenizer.encode("<|s|><|new|>a") == [5000, 5001, ord("a")]
    assert tokenizer.vocab_size == len(VOCAB) + 2
    assert Tokenizer(VOCAB, MERGES).encode("<|s|>") == Tokenizer(VOCAB, MERGES, []).encode("<|s|>")


def test_half_a_character_decodes_to_the_replacement_character():
    tokenizer = Tokenizer(*train_bpe_naive("", 0))
    assert tokenizer.decode([0xF0, 0x9F, ord("a")]) == "\ufffda"
    assert tokenizer.decode([0x80]) == "\ufffd"
    assert tokenizer.decode([]) == ""


def test_a_tokenizer_travels_to_other_processes():
    tokenizer = Tokenizer(VOCAB, MERGES, SPECIALS)
    text = "low lower<|s|>newest"
    ids = tokenizer.encode(text)
    assert pickle.loads(pickle.dumps(tokenizer)).encode(text) == ids


def test_it_learns_the_text_it_is_trained_on():
    path = Path("lectures/data/opticks.txt")
    vocab, merges = train_bpe(path, 1256)
    tokens = set(vocab.values())
    assert {b" Light", b" Rays", b" Colours", b" Prism"} <= tokens
    assert merges[:3] == [(b" ", b"t"), (b" t", b"h"), (b" th", b"e")]
    text = path.read_text(encoding="utf-8")
    ids = Tokenizer(vocab, merges).encode(text)
    assert 3.4 < module.compression_ratio(text, ids) < 3.6


@pytest.mark.parametrize(
    ("vocab", "merges", "specials", "message"),
    [
        ({0: b"a"}, [], [], "lacks 255 of the 256 single bytes, the first is 0x00"),
        ({}, [], [], "lacks 256"),
        (VOCAB | {9000: b"a"}, MERGES, [], "holds the token b'a' under more than one id"),
        (VOCAB | {9000: b""}, MERGES, [], "holds an empty token"),
        (VOCAB, [*MERGES, MERGES[3]], [], "is listed twice"),
        (VOCAB, [(b"q", b"q")], [], r"merge 0, b'q' with b'q', needs the token b'qq', which is not in the vocabulary"),
        (VOCAB, MERGES, [""], "a special token is the empty string"),
        (VOCAB, MERGES, "<|s|>", "give a list"),
    ],
)
def test_a_vocabulary_that_cannot_work_is_refused(vocab, merges, specials, message):
    with pytest.raises(ValueError, match=message):
        Tokenizer(vocab, merges, specials)


def test_an_unknown_id_is_named():
    with pytest.raises(ValueError, match="no token has the id 99999; the vocabulary has"):
        Tokenizer(VOCAB, MERGES).decode([1, 99999])


def test_a_lone_surrogate_is_named():
    with pytest.raises(ValueError, match="holds a lone surrogate"):
        Tokenizer(VOCAB, MERGES).encode("a\ud800")
