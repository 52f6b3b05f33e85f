"""Three tokenizers that need no training worth the name, to compare BPE with. All have `vocab_size`, `encode`, `decode`."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence


class CharacterTokenizer:
    """One token a character: its Unicode code point. Nothing is lost, but most of the vocabulary is hardly ever used."""

    vocab_size = sys.maxunicode + 1
    """1,114,112 code points, of which Unicode has given a character to some 150,000."""

    def encode(self, text: str) -> list[int]:
        return [ord(character) for character in text]

    def decode(self, ids: Iterable[int]) -> str:
        return "".join(chr(id) for id in ids)


class ByteTokenizer:
    """One token a byte of the UTF-8 form. The smallest vocabulary that can say everything, and the longest sequences."""

    vocab_size = 256

    def encode(self, text: str) -> list[int]:
        return list(text.encode("utf-8"))

    def decode(self, ids: Iterable[int]) -> str:
        return bytes(ids).decode("utf-8", errors="replace")


class WordTokenizer:
    """One token a word, from a fixed list of words; whatever is not in the list becomes `<unk>`, and is lost.

    A word is a run of letters and digits; each sign or space between words is a token of its own.
    """

    UNKNOWN = "<unk>"

    def __init__(self, words: Sequence[str]) -> None:
        self.words = [self.UNKNOWN, *words]
        self.ids = {word: id for id, word in enumerate(self.words)}
        self.vocab_size = len(self.words)

    @classmethod
    def from_text(cls, text: str, vocab_size: int | None = None) -> WordTokenizer:
        """The words of a text, the most frequent first, as many as fit beside `<unk>` (default: all)."""
        if vocab_size is not None and vocab_size < 1:
            raise ValueError(f"vocab_size must be at least 1 (for {cls.UNKNOWN}), not {vocab_size}")
        counts = Counter(cls.split(text))
        return cls([word for word, _ in counts.most_common(None if vocab_size is None else vocab_size - 1)])

    @staticmethod
    def split(text: str) -> list[str]:
        return re.findall(r"\w+|\W", text)

    def encode(self, text: str) -> list[int]:
        return [self.ids.get(word, 0) for word in self.split(text)]

    def decode(self, ids: Iterable[int]) -> str:
        return "".join(self.words[id] for id in ids)
