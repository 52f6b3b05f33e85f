"""Vocabulary and merges as files, in GPT-2's form: `vocab.json` (token → id) and `merges.txt` (a pair a line).

A unigram tokenizer has scores in place of merges: a piece, a tab and its score a line, as SentencePiece writes them.

Tokens are bytes and JSON holds text, so each byte is written as a visible character: the printable ones of Latin-1 as
themselves, the others as characters from U+0100 on. A space is `Ġ`, a line feed `Ċ`. (openai/gpt-2, src/encoder.py.)
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from lectures.lm.bpe import Merges, Vocabulary


def _byte_alphabet() -> dict[int, str]:
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [value for value in range(256) if value not in printable]
    return {value: chr(value) for value in printable} | {value: chr(256 + i) for i, value in enumerate(others)}


CHARACTER_OF_BYTE = _byte_alphabet()
BYTE_OF_CHARACTER = {character: value for value, character in CHARACTER_OF_BYTE.items()}
HEADER = "#version: 0.2"


def visible(token: bytes) -> str:
    """The bytes of a token in visible characters: `b" the\\n"` → `"ĠtheĊ"`."""
    return "".join(CHARACTER_OF_BYTE[value] for value in token)


def from_visible(token: str) -> bytes:
    """The bytes that `visible` wrote. Errors: KeyError for a character that it never writes."""
    return bytes(BYTE_OF_CHARACTER[character] for character in token)


def save_vocabulary(vocab: Vocabulary, path: str | os.PathLike[str]) -> None:
    by_token = {visible(token): id for id, token in vocab.items()}
    Path(path).write_text(json.dumps(by_token, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def save_merges(merges: Merges, path: str | os.PathLike[str]) -> None:
    lines = [HEADER, *(f"{visible(left)} {visible(right)}" for left, right in merges)]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def load_vocabulary(path: str | os.PathLike[str]) -> Vocabulary:
    """Errors: ValueError saying what is wrong with the file."""
    text = _read(path)
    try:
        by_token = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error}); expected a vocab.json") from None
    except RecursionError:
        raise ValueError(f"{path}: nested too deeply for a vocab.json; expected one flat object") from None
    if not isinstance(by_token, dict):
        raise ValueError(f"{path}: expected an object of tokens and their ids, found a {type(by_token).__name__}")
    vocab: Vocabulary = {}
    for token, id in by_token.items():
        if type(id) is not int or id < 0:
            raise ValueError(f"{path}: the id of token {token!r} is {id!r}; ids are whole numbers from 0")
        if id in vocab:
            raise ValueError(f"{path}: the id {id} is given twice, to {visible(vocab[id])!r} and to {token!r}")
        try:
            vocab[id] = from_visible(token)
        except KeyError:  # GPT-2's files hold special tokens as they are
            vocab[id] = token.encode("utf-8")
    return vocab


def load_merges(path: str | os.PathLike[str]) -> Merges:
    """Errors: ValueError naming the line that is no merge."""
    merges: Merges = []
    for number, line in enumerate(_read(path).split("\n"), start=1):
        line = line.removesuffix("\r")
        if not line or (number == 1 and line.startswith("#version")):
            continue
        try:
            left, right = map(from_visible, line.split(" "))
        except (ValueError, KeyError):
            left = right = b""
        if not left or not right:
            raise ValueError(
                f"{path}, line {number}: {line[:80]!r} is not a merge; expected two tokens with one space between"
            )
        merges.append((left, right))
    return merges


def save_scores(scores: Mapping[bytes, float], path: str | os.PathLike[str]) -> None:
    lines = [f"{visible(piece)}\t{score!r}\n" for piece, score in scores.items()]
    Path(path).write_text("".join(lines), encoding="utf-8")


def load_scores(path: str | os.PathLike[str]) -> dict[bytes, float]:
    """Errors: ValueError naming the line that gives no piece a score, or one that has one already."""
    scores: dict[bytes, float] = {}
    for number, line in enumerate(_read(path).splitlines(), start=1):
        try:
            visible_piece, score = line.split("\t")
            piece = from_visible(visible_piece)
            if not piece or piece in scores:
                raise ValueError
            scores[piece] = float(score)
        except (ValueError, KeyError):
            raise ValueError(
                f"{path}, line {number}: {line[:80]!r} is no score; expected a new token, a tab and a number"
            ) from None
    return scores


def _read(path: str | os.PathLike[str]) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 (byte {error.start})") from None
