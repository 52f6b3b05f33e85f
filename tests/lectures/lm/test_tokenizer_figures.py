"""The worked examples that the lecture shows, each known from elsewhere or done by hand."""

import pytest

from lectures.lm.tokenizer import (
    ByteTokenizer,
    CharacterTokenizer,
    WordTokenizer,
    apply_merges,
    best_pair,
    compression_ratio,
    count_pairs,
    learn_merges,
    merge_pair,
    merge_words,
    pretokenize,
    split_bytes,
    train_bpe_naive,
)


def test_low_lower_lowest():
    words = {tuple("low lower lowest"): 1}
    counts = count_pairs(words)
    assert {left + right: count for (left, right), count in counts.items()} == {
        "lo": 3, "ow": 3, "w ": 1, " l": 2, "we": 2, "er": 1, "r ": 1, "es": 1, "st": 1,
    }  # fmt: skip
    assert next(iter(counts)) == ("l", "o")
    assert best_pair(counts, tie="first") == ("l", "o")
    assert best_pair(counts, tie="greatest") == ("o", "w")

    (word,) = words
    word = merge_pair(word, ("l", "o"), "Z")
    counts = count_pairs({word: 1})
    assert {left + right: count for (left, right), count in counts.items() if count > 1} == {"Zw": 3, " Z": 2, "we": 2}
    assert "".join(merge_pair(word, ("Z", "w"), "Y")) == "Y Yer Yest"
    assert learn_merges(words, 2, tie="first") == [("l", "o"), ("lo", "w")]


def test_unusual_users():
    assert "".join(merge_pair("unusual_users", ("u", "s"), "Z")) == "unZual_Zers"


def test_toy_corpus_of_sennrich_haddow_birch():
    """The words of their figure, without an end-of-word sign, ties to the greatest pair (as CS336 does it)."""
    words = {tuple(word): count for word, count in {"low": 5, "lower": 2, "widest": 3, "newest": 6}.items()}
    merges = learn_merges(words, 12, tie="greatest")
    expected = ["s t", "e st", "o w", "l ow", "w est", "n e", "ne west", "w i", "wi d", "wid est", "low e", "lowe r"]
    assert [" ".join(pair) for pair in merges] == expected
    after_six = {pair: rank for rank, pair in enumerate(merges[:6])}
    assert apply_merges(tuple("newest"), after_six) == ("ne", "west")
    assert learn_merges(words, 100) == merges  # nothing is left to merge


@pytest.mark.parametrize(
    ("text", "learned", "encoded"),
    [
        (
            "the cat in the hat",
            [(116, 104), (256, 101), (257, 32)],
            [258, 99, 97, 116, 32, 105, 110, 32, 258, 104, 97, 116],
        ),
        ("aaabdaaabac", [(97, 97), (256, 97), (257, 98)], [258, 100, 258, 97, 99]),
    ],
)
def test_three_merges_across_spaces(text, learned, encoded):
    vocab, merges = train_bpe_naive(text, 3, tie="first", pretokenization=False)
    ids = {token: id for id, token in vocab.items()}
    assert [(ids[left], ids[right]) for left, right in merges] == learned
    tokens = apply_merges(split_bytes(text), {pair: rank for rank, pair in enumerate(merges)})
    assert [ids[token] for token in tokens] == encoded


def test_compression_ratio_of_the_cat():
    assert compression_ratio("the cat in the hat", [0] * 12) == 1.5
    assert compression_ratio("", []) == 1.0


def test_overlapping_pairs_count_and_merge_from_the_left():
    assert count_pairs({("a",) * 4: 2}) == {("a", "a"): 6}
    assert merge_pair("aaaaa", ("a", "a"), "Z") == ("Z", "Z", "a")


def test_words_that_merge_into_one_add_up():
    assert merge_words({("x", "y"): 2, ("xy",): 3}, ("x", "y"), "xy") == {("xy",): 5}


def test_no_pair_is_an_error_in_words():
    with pytest.raises(ValueError, match="every word is a single symbol"):
        best_pair({})


def test_characters_bytes_and_words():
    text = "Hello, 🌍! 你好!"
    assert len(text) == 13
    characters, bytes_ = CharacterTokenizer(), ByteTokenizer()
    assert characters.encode("🌍") == [127757]
    assert characters.decode(characters.encode(text)) == text
    assert len(bytes_.encode(text)) == 20
    assert bytes_.decode(bytes_.encode(text)) == text
    assert compression_ratio(text, bytes_.encode(text)) == 1.0
    assert bytes_.decode([0xF0, 0x9F]) == "\ufffd"


def test_a_word_it_has_not_seen_is_lost():
    words = WordTokenizer.from_text("the cat and the dog")
    assert words.decode(words.encode("the dog and the cat")) == "the dog and the cat"
    assert words.decode(words.encode("the cow")) == "the <unk>"
    assert words.vocab_size == 6  # <unk>, the, cat, and, dog, the space
    small = WordTokenizer.from_text("the cat and the dog", vocab_size=3)
    assert small.words == ["<unk>", " ", "the"]
    with pytest.raises(ValueError, match="vocab_size must be at least 1"):
        WordTokenizer.from_text("", vocab_size=0)


def test_gpt2_pattern_cuts_as_gpt2_does():
    assert pretokenize("I'll say: it's 42  times\n\n better!") == [
        "I", "'ll", " say", ":", " it", "'s", " 42", " ", " times", "\n\n", " better", "!",
    ]  # fmt: skip
