"""The fast trainer makes the merges of the naive one, whatever the text, the chunks and the processes."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectures.lm.bpe_fast import learn_merges_fast
from lectures.lm.pretokenization import count_pretokens, count_pretokens_of_file, find_chunks
from lectures.lm.tokenizer import learn_merges, split_bytes, train_bpe, train_bpe_naive
from tests.lectures.lm.tokenizer_texts import special_tokens, texts

OPTICKS = Path("lectures/data/opticks.txt")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """Writes a text, byte for byte, to a file that training can read."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.txt"

    def write(text: str | bytes) -> Path:
        path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        return path

    return write


@given(text=texts, specials=special_tokens, num_merges=st.integers(0, 60))
def test_train_bpe_equals_the_naive_trainer(corpus, text, specials, num_merges):
    expected = train_bpe_naive(text, num_merges, specials)
    assert train_bpe(corpus(text), 256 + len(specials) + num_merges, specials) == expected


@given(st.dictionaries(st.text(alphabet="ab\0é", min_size=1, max_size=40), st.integers(1, 5), max_size=20))
def test_fast_merges_equal_naive_merges_with_frequencies(pretokens):
    words = {split_bytes(word): count for word, count in pretokens.items()}
    assert learn_merges_fast(pretokens, 200) == learn_merges(words, 200)


@given(text=texts, specials=special_tokens, chunk_bytes=st.integers(1, 20))
def test_chunks_have_the_pretokens_of_the_whole(corpus, text, specials, chunk_bytes):
    path = corpus(text)
    chunks = find_chunks(path, chunk_bytes, specials)
    data = path.read_bytes()
    assert b"".join(data[start:end] for start, end in chunks) == data
    assert all(end - start >= chunk_bytes for start, end in chunks[:-1])
    counts = count_pretokens_of_file(path, specials, chunk_bytes=chunk_bytes, num_processes=1)
    assert counts == count_pretokens(text, specials)


def test_a_text_with_spaces_is_cut_into_many_chunks(corpus):
    assert len(find_chunks(corpus("low lower lowest\n" * 10), 4)) == 30


@pytest.mark.parametrize("special", ["<|s|>", "<|end of text|>", "| |", "x\n"])
def test_no_special_token_is_cut(corpus, special):
    text = f"a {special} b{special}\n" * 50
    counts = count_pretokens_of_file(corpus(text), [special], chunk_bytes=1, num_processes=1)
    assert counts == count_pretokens(text, [special])


def test_processes_give_what_one_gives(corpus):
    text = OPTICKS.read_text(encoding="utf-8")[:40_000].replace("\n\n", "<|endoftext|>")
    path = corpus(text)
    alone = train_bpe(path, 400, ["<|endoftext|>"], num_processes=1, chunk_bytes=1 << 30)
    assert train_bpe(path, 400, ["<|endoftext|>"], num_processes=2, chunk_bytes=5_000) == alone


def test_ids_are_bytes_then_merges_then_special_tokens(corpus):
    vocab, merges = train_bpe(corpus("low low low"), 256 + 2 + 2, ["<|b|>", "<|a|>", "<|b|>"])
    assert [vocab[id] for id in range(256)] == [bytes([value]) for value in range(256)]
    assert merges == [(b"o", b"w"), (b"l", b"ow")]
    assert {id: vocab[id] for id in range(256, 260)} == {256: b"ow", 257: b"low", 258: b"<|b|>", 259: b"<|a|>"}
    assert list(vocab) == list(range(260))


def test_a_text_can_run_out_of_pairs(corpus):
    vocab, merges = train_bpe(corpus("aaaa"), 1000)
    assert merges == [(b"a", b"a"), (b"aa", b"aa")]
    assert len(vocab) == 258
    assert train_bpe(corpus(""), 300)[1] == []


def test_one_endless_word_trains_in_time():
    """A genome has no spaces. With a rescan of the word for every merge this would take hours."""
    genome = "".join(random.Random(0).choices("ACGT", k=200_000))
    merges = learn_merges_fast({genome: 1}, 500)
    assert len(merges) == 500


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("low", {"vocab_size": 256, "special_tokens": ["<|s|>"]}, r"vocab_size is 256, but .* alone are 257"),
        ("low", {"vocab_size": 300, "special_tokens": "<|s|>"}, r"special_tokens is the string '<\|s\|>'; give a list"),
        ("low", {"vocab_size": 300, "special_tokens": [""]}, "a special token is the empty string"),
        ("low", {"vocab_size": 300, "num_processes": 0}, "num_processes must be at least 1, not 0"),
        ("low", {"vocab_size": 300, "chunk_bytes": 0}, "chunk_bytes must be at least 1, not 0"),
        (b"low \xff low", {"vocab_size": 300}, r"corpus.txt is not UTF-8: byte 0xff at offset 4"),
        (b"low low \xff", {"vocab_size": 300, "chunk_bytes": 2}, r"byte 0xff at offset 8"),
    ],
)
def test_bad_input_is_named(corpus, content, arguments, message):
    with pytest.raises(ValueError, match=message):
        train_bpe(corpus(content), **arguments)


def test_a_missing_file_is_an_os_error():
    with pytest.raises(FileNotFoundError):
        train_bpe("no/such/file.txt", 300)
