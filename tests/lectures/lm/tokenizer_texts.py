"""Texts on which tokenizers trip: few letters and long runs, so that pairs tie and overlap; the joints of GPT-2's pattern;
characters of one to four bytes; special tokens whole, cut short, overlapping, and with white space inside."""

from hypothesis import strategies as st

SPECIALS = ["<|s|>", "<|s|><|s|>", "<|end of text|>", "ab<|", "\n\n#", "| |"]

PIECES = [
    *["a", "b", "ab", "aa", "aaaa", "abab", "low", "lower", "newest", "xyzzy" * 15, "1", "23", "!", "...", "\x00"],
    *[" ", "  ", "\n", "\n\n", "\t", "\r\n", "\u00a0", "\u3000", "\u2028", "\x1c", "a\u00a0  b", "a\u3000\n\nb"],
    *["'", "'l", "'ll", "'s", "é", "né", "e\u0301", "你好", "🌍", "<|", "<|s", "|>", "<|end", " of text|>", "#"],
    *SPECIALS,
]

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.text(alphabet="ab ", max_size=60),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)
special_tokens = st.lists(st.sampled_from(SPECIALS), max_size=4, unique=True)
