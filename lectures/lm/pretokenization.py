"""From text to pre-tokens: the pieces inside which BPE merges, and across which it never does.

First the text is cut at the special tokens (`<|endoftext|>`), which are whole by definition; then GPT-2's pattern cuts
the rest into words with the space before them, numbers, runs of punctuation and runs of white space.

The second half counts the pre-tokens of a file of any size: in chunks, on several processes.
"""

from __future__ import annotations

import codecs
import functools
import mmap
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

GPT2_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
"""GPT-2's pattern. In order: English contractions, letters, numbers, other signs (each with one space before it), and
white space, of which a last space is left to the word after it. (openai/gpt-2, src/encoder.py, in the equivalent form of
openai/tiktoken.) It covers every string: the pre-tokens, joined, are the text."""

LOOKAHEAD = 2
"""A pre-token is settled once this many characters after it are known: whatever follows, the pattern cuts it the same.
The contractions look at most 3 characters from their start (`'ll`), white space at most 2 beyond its end."""

CHUNK_BYTES = 1 << 21


@functools.cache
def gpt2_pattern() -> Any:
    """`GPT2_PATTERN`, compiled; imports `regex` (for `\\p{L}`) at first use, so that importing this module is quick."""
    import regex

    return regex.compile(GPT2_PATTERN)


def distinct_special_tokens(special_tokens: Sequence[str]) -> tuple[str, ...]:
    """The special tokens, each once, in the order given. Errors: ValueError for a bare string, and for an empty token."""
    if isinstance(special_tokens, str):
        raise ValueError(f"special_tokens is the string {special_tokens!r}; give a list, [{special_tokens!r}]")
    if "" in special_tokens:
        raise ValueError("a special token is the empty string; leave it out")
    return tuple(dict.fromkeys(special_tokens))


@functools.lru_cache(maxsize=64)
def special_pattern(special_tokens: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds the special tokens, the longest of those that start at one place; None when there are none."""
    longest_first = sorted(special_tokens, key=len, reverse=True)
    return re.compile("(" + "|".join(map(re.escape, longest_first)) + ")") if longest_first else None


def split_special_tokens(text: str, special_tokens: Sequence[str] = ()) -> list[str]:
    """Cut a text at its special tokens: plain, special, plain, …, plain. Every second item (odd index) is a special token."""
    pattern = special_pattern(tuple(special_tokens))
    return pattern.split(text) if pattern else [text]


def pretokenize(text: str, special_tokens: Sequence[str] = ()) -> list[str]:
    """The pre-tokens in order, special tokens among them as wholes. Joined, they are the text."""
    pretokens: list[str] = []
    for index, piece in enumerate(split_special_tokens(text, special_tokens)):
        is_special = index % 2 == 1
        pretokens += [piece] if is_special else gpt2_pattern().findall(piece)
    return pretokens


def count_pretokens(text: str, special_tokens: Sequence[str] = (), *, pretokenization: bool = True) -> Counter[str]:
    """How often each pre-token occurs, in the order of first occurrence; special tokens are cut out and not counted.

    Without `pretokenization` a pre-token is all that stands between two special tokens.
    """
    counts: Counter[str] = Counter()
    for piece in split_special_tokens(text, special_tokens)[::2]:
        counts.update(gpt2_pattern().findall(piece) if pretokenization else [piece])
    return counts


# ------------------------------------------------------------------------------------------------------------- of a file


def count_pretokens_of_file(
    path: str | os.PathLike[str],
    special_tokens: Sequence[str] = (),
    *,
    num_processes: int | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Counter[str]:
    """`count_pretokens` of a UTF-8 file, without ever holding more than a chunk of it, on up to `num_processes` processes.

    `num_processes=None` takes the cores there are. A file of one chunk (`chunk_bytes`, about) is counted right here:
    starting a process costs more. Errors: ValueError for a file that is not UTF-8, OSError for one that cannot be read.
    """
    if chunk_bytes < 1:
        raise ValueError(f"chunk_bytes must be at least 1, not {chunk_bytes}")
    if num_processes is not None and num_processes < 1:
        raise ValueError(f"num_processes must be at least 1, not {num_processes}")
    path = Path(path)
    special_tokens = distinct_special_tokens(special_tokens)
    chunks = find_chunks(path, chunk_bytes, special_tokens)
    processes = min(len(chunks), num_processes or _available_cores())
    work = [(path, start, end, special_tokens) for start, end in chunks]
    total: Counter[str] = Counter()
    for counts in map(_count_chunk, work) if processes <= 1 else _map_on_processes(work, processes):
        total.update(counts)
    return total


def _available_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_Work = tuple[Path, int, int, tuple[str, ...]]


def _count_chunk(work: _Work) -> Counter[str]:
    path, start, end, special_tokens = work
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(end - start)
    try:
        return count_pretokens(data.decode("utf-8"), special_tokens)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8: byte 0x{data[error.start]:02x} at offset {start + error.start}; convert it to UTF-8 first"
        ) from None


def _map_on_processes(work: list[_Work], processes: int) -> Iterator[Counter[str]]:
    """Spawned, not forked: a fork would copy the threads' locks and whatever traces this process."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    if multiprocessing.current_process().daemon:  # such a process may not have children
        yield from map(_count_chunk, work)
        return
    try:
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            yield from pool.map(_count_chunk, work)
    except BrokenProcessPool:
        raise RuntimeError(
            "the processes that count pre-tokens died; in a script, train under `if __name__ == '__main__':`, "
            "or pass num_processes=1"
        ) from None


def find_chunks(path: Path, chunk_bytes: int, special_tokens: Sequence[str] = ()) -> list[tuple[int, int]]:
    """Cut a file into (start, end) offsets, each of at least `chunk_bytes` bytes but the last, such that the pre-tokens of
    the chunks are those of the file."""
    size = path.stat().st_size
    if size == 0:
        return []
    specials = [special.encode("utf-8") for special in special_tokens]
    cuts = [0]
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while (cut := _next_safe_cut(data, cuts[-1] + chunk_bytes, specials)) < size:
            cuts.append(cut)
    return list(zip(cuts, [*cuts[1:], size], strict=True))


def _next_safe_cut(data: mmap.mmap, start: int, specials: Sequence[bytes]) -> int:
    """The first offset from `start` on at which the text may be cut without changing its pre-tokens; else its length.

    Such is a place before white space that follows anything else: no pre-token of GPT-2's pattern reaches across it, for
    none holds white space after its first character unless it is white space throughout. A special token may.
    """
    for match in re.compile(rb"(?<=\S)[ \n]").finditer(data, start):
        cut = match.start()
        before = codecs.decode(data[max(0, cut - 4) : cut], "utf-8", errors="ignore")
        if before[-1:].isspace():  # one of Unicode's other spaces
            continue
        if any(data.find(special, max(0, cut - len(special) + 1), cut + len(special) - 1) >= 0 for special in specials):
            continue
        return cut
    return len(data)
