"""What `save` writes `from_files` reads, GPT-2's files too; a bad file is named with what is wrong in it."""

import json

import pytest
from hypothesis import given

from lectures.lm.tokenizer import Tokenizer, train_bpe_naive
from lectures.lm.tokenizer_files import CHARACTER_OF_BYTE, from_visible, visible
from tests.lectures.lm.tokenizer_texts import special_tokens, texts


def test_the_visible_alphabet():
    assert visible(b" the\n\x00~\xff\xad") == "ĠtheĊĀ~ÿŃ"
    assert from_visible(visible(bytes(range(256)))) == bytes(range(256))
    assert not any(character.isspace() for character in CHARACTER_OF_BYTE.values())


@given(text=texts, specials=special_tokens)
def test_saved_and_read_again(tmp_path_factory, text, specials):
    folder = tmp_path_factory.mktemp("saved")
    saved = Tokenizer(*train_bpe_naive(text, 20), specials)
    saved.save(folder / "vocab.json", folder / "merges.txt")
    read = Tokenizer.from_files(folder / "vocab.json", folder / "merges.txt", specials)
    assert (read.vocab, read.merges) == (saved.vocab, saved.merges)
    assert read.encode(text) == saved.encode(text)


def test_files_as_gpt2_has_them(tmp_path):
    """Ids in an order of their own, a version line, a special token written as it is, even with a space in it."""
    tokens = [CHARACTER_OF_BYTE[value] for value in sorted(CHARACTER_OF_BYTE, key=CHARACTER_OF_BYTE.__getitem__)]
    tokens += ["Ġt", "he", "Ġthe", "<|endoftext|>", "<|end of text|>"]
    (tmp_path / "vocab.json").write_text(json.dumps({token: id for id, token in enumerate(tokens)}))
    (tmp_path / "merges.txt").write_text("#version: 0.2\nĠ t\nh e\nĠt he\n", encoding="utf-8")
    specials = ["<|endoftext|>", "<|end of text|>"]
    tokenizer = Tokenizer.from_files(tmp_path / "vocab.json", tmp_path / "merges.txt", specials)
    assert tokenizer.encode("! the<|endoftext|><|end of text|>") == [0, 258, 259, 260]
    assert tokenizer.decode([0, 258, 259, 260]) == "! the<|endoftext|><|end of text|>"


GOOD_VOCAB = json.dumps({character: value for value, character in CHARACTER_OF_BYTE.items()})


@pytest.mark.parametrize(
    ("vocab", "merges", "message"),
    [
        ("{", "", r"vocab.json: not JSON \(.*line 1 "),
        ('{"a": ' + "1" * 5000 + "}", "", r"vocab.json: not JSON \(Exceeds the limit"),
        ("[" * 100_000, "", r"vocab.json: nested too deeply"),
        ('["a"]', "", "vocab.json: expected an object of tokens and their ids, found a list"),
        ('{"a": "1"}', "", "vocab.json: the id of token 'a' is '1'; ids are whole numbers"),
        ('{"a": -1}', "", "the id of token 'a' is -1"),
        ('{"a": true}', "", "the id of token 'a' is True"),
        ('{"a": 1, "b": 1}', "", "the id 1 is given twice, to 'a' and to 'b'"),
        ('{"a": 1}', "", "lacks 255 of the 256 single bytes"),
        (GOOD_VOCAB, "#version: 0.2\na b c\n", "merges.txt, line 2: 'a b c' is not a merge"),
        (GOOD_VOCAB, "ab\n", "merges.txt, line 1: 'ab' is not a merge"),
        (GOOD_VOCAB, "a 你\n", "merges.txt, line 1: 'a 你' is not a merge"),
        (GOOD_VOCAB, "a \n", "merges.txt, line 1: 'a ' is not a merge"),
        (GOOD_VOCAB, "a b\n", "needs the token b'ab', which is not in the vocabulary"),
        (GOOD_VOCAB, b"\xff\n", "merges.txt: not UTF-8 \\(byte 0\\)"),
    ],
)
def test_a_bad_file_is_named(tmp_path, vocab, merges, message):
    (tmp_path / "vocab.json").write_text(vocab)
    (tmp_path / "merges.txt").write_bytes(merges if isinstance(merges, bytes) else merges.encode())
    with pytest.raises(ValueError, match=message):
        Tokenizer.from_files(tmp_path / "vocab.json", tmp_path / "merges.txt")
