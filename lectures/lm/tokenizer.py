"""The tokenizer: text to ids and back. One import for all that has to do with tokens.

    vocab, merges = train_bpe("lectures/data/opticks.txt", 4096, ["<|endoftext|>"])
    tokenizer = Tokenizer(vocab, merges, ["<|endoftext|>"])
    tokenizer.decode(tokenizer.encode("Rays of Light")) == "Rays of Light"

How merges are learned and applied: `bpe` (to read), `bpe_fast` (the same, fast). How text is cut before: `pretokenization`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from lectures.lm.bpe import (
    Merges,
    Tie,
    Vocabulary,
    apply_merges,
    best_pair,
    build_vocabulary,
    count_pairs,
    learn_merges,
    merge_pair,
    merge_words,
    split_bytes,
    train_bpe_naive,
)
from lectures.lm.bpe_fast import apply_merges_fast, train_bpe
from lectures.lm.pretokenization import (
    GPT2_PATTERN,
    LOOKAHEAD,
    count_pretokens,
    distinct_special_tokens,
    gpt2_pattern,
    pretokenize,
    special_pattern,
    split_special_tokens,
)
from lectures.lm.tokenizer_files import load_merges, load_vocabulary, save_merges, save_vocabulary
from lectures.lm.toy_tokenizers import ByteTokenizer, CharacterTokenizer, WordTokenizer

__all__ = [
    "GPT2_PATTERN",
    "ByteTokenizer",
    "CharacterTokenizer",
    "Merges",
    "Tie",
    "Tokenizer",
    "Vocabulary",
    "WordTokenizer",
    "apply_merges",
    "best_pair",
    "build_vocabulary",
    "compression_ratio",
    "count_pairs",
    "count_pretokens",
    "learn_merges",
    "merge_pair",
    "merge_words",
    "pretokenize",
    "split_bytes",
    "split_special_tokens",
    "train_bpe",
    "train_bpe_naive",
]

LONG = 16  # bytes: from here on a pre-token is merged with the heap, which is then the faster way
REMEMBERED = 1 << 12  # pre-tokens whose ids are kept from one text or piece to the next, …
REMEMBERED_LENGTH = 64  # … of less than this many characters: 0.8 MB in English


class Tokenizer:
    """A byte-level BPE tokenizer with GPT-2's pre-tokenization.

    vocab: id → bytes; must hold the 256 single bytes, so that no text is unknown.
    merges: pairs in order of training; both sides and what they make must be in `vocab`.
    special_tokens: strings that are never cut or merged. One that is not in `vocab` gets the next free id. Where several
        match at one place, the longest wins.

    Errors: ValueError, saying which entry is wrong.
    """

    def __init__(
        self,
        vocab: dict[int, bytes],
        merges: list[tuple[bytes, bytes]],
        special_tokens: list[str] | None = None,
    ) -> None:
        self.vocab = dict(vocab)
        self.merges = list(merges)
        self.special_tokens = list(distinct_special_tokens(special_tokens or []))
        _check(self.vocab, self.merges)
        known = set(self.vocab.values())
        new = [data for special in self.special_tokens if (data := special.encode("utf-8")) not in known]
        self.vocab.update(enumerate(new, start=max(self.vocab) + 1))
        self.ids = {token: id for id, token in self.vocab.items()}
        self.ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self._special_pattern = special_pattern(tuple(self.special_tokens))
        self._longest_special = max(map(len, self.special_tokens), default=0)
        gpt2_pattern()  # compiled here, so that the first text does not pay for it
        self._remembered = _Remembered(self.encode_pretoken)

    @property
    def vocab_size(self) -> int:
        return len(self.vocab)

    def encode(self, text: str) -> list[int]:
        """The ids of a text. Errors: ValueError for a lone surrogate, which UTF-8 cannot say."""
        return self.encode_pretokens(pretokenize(text, self.special_tokens))

    def encode_pretokens(self, pretokens: list[str]) -> list[int]:
        """The ids of pre-tokens, special tokens among them, one after the other. Each different one is worked out once."""
        ids_of = {pretoken: self._remembered[pretoken] for pretoken in dict.fromkeys(pretokens)}
        return [id for pretoken in pretokens for id in ids_of[pretoken]]

    def encode_pretoken(self, pretoken: str) -> list[int]:
        """The ids of one pre-token: one if it is a special token; else its bytes, merged as learned."""
        if pretoken in self.special_tokens:
            return [self.ids[pretoken.encode("utf-8")]]
        parts = split_bytes(pretoken)
        merge = apply_merges if len(parts) < LONG else apply_merges_fast
        return [self.ids[token] for token in merge(parts, self.ranks)]

    def encode_iterable(self, iterable: Iterable[str]) -> Iterator[int]:
        """The ids of a text that comes in pieces (an open file, say): those of `encode` of all the pieces joined.

        Holds a piece and whatever pre-token or special token may still grow at its end; the ids of all before that come
        at once. Lines keep the memory below 1 MB; pieces of 1 MB go up to three times faster where words are many.
        """
        text, held = "", 0
        for piece in iterable:
            text += piece
            if len(text) < 2 * held:  # a pre-token that goes on and on is not looked at again for every piece
                continue
            settled = self._settled_pretokens(text)
            yield from self.encode_pretokens(settled)
            text = text[sum(map(len, settled)) :]
            held = len(text)
        yield from self.encode(text)

    def _settled_pretokens(self, text: str) -> list[str]:
        """The first pre-tokens of a text, as long as they are the same whatever may follow the text."""
        # From `open_end` on, a special token may begin that is not all here yet, or that is the beginning of a longer one.
        open_end = len(text) - max(self._longest_special - 1, 0)
        settled: list[str] = []
        start = 0
        for special in self._special_pattern.finditer(text) if self._special_pattern else ():
            if special.start() >= open_end:
                break
            settled += [*pretokenize(text[start : special.start()]), special.group()]
            start = special.end()
        rest, end = pretokenize(text[start:]), len(text)
        while rest and end + LOOKAHEAD > open_end:
            end -= len(rest.pop())
        return settled + rest

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids; bytes that are no UTF-8 (half a character, say) become U+FFFD.

        Errors: ValueError for an id that is not in the vocabulary.
        """
        try:
            data = b"".join([self.vocab[id] for id in ids])
        except KeyError as error:
            raise ValueError(
                f"no token has the id {error.args[0]}; the vocabulary has {len(self.vocab)} entries"
            ) from None
        return data.decode("utf-8", errors="replace")

    def save(self, vocab_path: str | os.PathLike[str], merges_path: str | os.PathLike[str]) -> None:
        """Write the vocabulary (JSON) and the merges (text) in the form of GPT-2's `vocab.json` and `merges.txt`."""
        save_vocabulary(self.vocab, vocab_path)
        save_merges(self.merges, merges_path)

    @classmethod
    def from_files(
        cls,
        vocab_filepath: str | os.PathLike[str],
        merges_filepath: str | os.PathLike[str],
        special_tokens: list[str] | None = None,
    ) -> Tokenizer:
        """Read what `save` wrote, or GPT-2's own files. The files do not say which tokens are special: name them again.

        Errors: ValueError saying what is wrong in which file, OSError for a file that cannot be read.
        """
        return cls(load_vocabulary(vocab_filepath), load_merges(merges_filepath), special_tokens)


def compression_ratio(text: str, ids: Sequence[int]) -> float:
    """UTF-8 bytes of the text per token. A byte tokenizer has 1; more is shorter sequences. An empty text has 1."""
    return len(text.encode("utf-8")) / len(ids) if ids else 1.0


class _Remembered(dict[str, list[int]]):
    """Pre-token → ids, worked out when first asked for. Text repeats itself; the memory for it stays bounded."""

    def __init__(self, encode: Callable[[str], list[int]]) -> None:
        self.encode = encode

    def __missing__(self, pretoken: str) -> list[int]:
        ids = self.encode(pretoken)
        if len(pretoken) < REMEMBERED_LENGTH:
            if len(self) >= REMEMBERED:
                self.clear()
            self[pretoken] = ids
        return ids


def _check(vocab: Vocabulary, merges: Merges) -> None:
    """Refuse what could not encode every text, or not in one way only."""
    known = set(vocab.values())
    if missing := [value for value in range(256) if bytes([value]) not in known]:
        raise ValueError(
            f"the vocabulary lacks {len(missing)} of the 256 single bytes, the first is 0x{missing[0]:02x}"
        )
    if len(known) < len(vocab):
        twice, _ = Counter(vocab.values()).most_common(1)[0]
        raise ValueError(f"the vocabulary holds the token {twice!r} under more than one id")
    if b"" in known:
        raise ValueError("the vocabulary holds an empty token")
    if len(set(merges)) < len(merges):
        twice_merged, _ = Counter(merges).most_common(1)[0]
        raise ValueError(f"the merge {twice_merged!r} is listed twice")
    for rank, (left, right) in enumerate(merges):
        if not {left, right, left + right} <= known:
            absent = next(token for token in (left, right, left + right) if token not in known)
            raise ValueError(
                f"merge {rank}, {left!r} with {right!r}, needs the token {absent!r}, which is not in the vocabulary"
            )
