"""Training and encoding, ours beside Hugging Face `tokenizers` (written in Rust) and beside the naive trainer, in one run.

    python -m benchmarks.tokenizer [--repeat 3]

Every row is the best of `--repeat` runs on the same text, after one that does not count; the naive trainer runs once. The
ratio is to the peer's row of the same table. The peer trains on all cores. A text of one chunk (2 MiB) is counted in one
process whatever is asked for, so Opticks has no row for two. Merges and ids are compared while they are timed.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import tokenizers as peer

from benchmarks.tokenizer.corpus import zipf_text
from lectures.lm.pretokenization import CHUNK_BYTES
from lectures.lm.tokenizer import Tokenizer, compression_ratio, train_bpe, train_bpe_naive
from lectures.lm.tokenizer_files import visible
from lectures.lm.unigram import UnigramTokenizer, train_unigram

OPTICKS = Path(__file__).parents[2] / "lectures/data/opticks.txt"
SPECIAL = "<|endoftext|>"
NAIVE_MERGES = 20
MB = 1_000_000

Result = TypeVar("Result")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the best counts (default: 3)")
    repeat = parser.parse_args().repeat
    cores = len(os.sched_getaffinity(0))
    print(f"Python {platform.python_version()}, tokenizers {version('tokenizers')}, {cores} cores, best of {repeat}")
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "zipf.txt"
        large.write_text(zipf_text(OPTICKS.read_text(encoding="utf-8"), 5 * MB), encoding="utf-8")
        training("Training, Opticks", OPTICKS, 512, repeat, naive_merges=512 - 257)
        training("Training, Opticks", OPTICKS, 4096, repeat, naive_merges=NAIVE_MERGES)
        training("Training, invented words with Zipf's frequencies", large, 10_000, repeat, naive_merges=NAIVE_MERGES)
        for vocab_size in (512, 1024):
            unigram("Training unigram pieces, Opticks", OPTICKS, vocab_size, repeat)
        encoding("Encoding, Opticks", OPTICKS, OPTICKS, 4096, repeat)
        encoding("Encoding, invented words", large, large, 10_000, repeat)


def training(title: str, path: Path, vocab_size: int, repeat: int, naive_merges: int) -> None:
    text = path.read_text(encoding="utf-8")
    seconds: dict[str, float] = {}

    def peer_train() -> peer.Tokenizer:
        tokenizer = byte_level(peer.models.BPE())
        alphabet = peer.pre_tokenizers.ByteLevel.alphabet()
        trainer = peer.trainers.BpeTrainer(
            vocab_size=vocab_size, special_tokens=[SPECIAL], initial_alphabet=alphabet, show_progress=False
        )
        tokenizer.train([str(path)], trainer)
        return tokenizer

    seconds["tokenizers, all cores"], trained = best_of(repeat, peer_train)
    one_chunk = path.stat().st_size <= CHUNK_BYTES  # counted in one process whatever is asked for
    for processes in (1,) if one_chunk else (1, 2):
        seconds[f"train_bpe, {processes} process{'es' * (processes > 1)}"], (vocab, merges) = best_of(
            repeat, lambda processes=processes: train_bpe(path, vocab_size, [SPECIAL], num_processes=processes)
        )
    start = time.perf_counter()
    _, naive = train_bpe_naive(text, naive_merges, [SPECIAL])
    part = "" if naive_merges == len(merges) else f", {naive_merges} merges only"
    seconds[f"train_bpe_naive{part}"] = time.perf_counter() - start
    assert naive == merges[:naive_merges], "the naive trainer made other merges"

    ours = compression_ratio(text, Tokenizer(vocab, merges, [SPECIAL]).encode(text))
    theirs = compression_ratio(text, trained.encode(text).ids)
    print_table(
        f"{title}: {len(text.encode()) / MB:.2f} MB to {len(vocab):,} entries", seconds, "tokenizers, all cores"
    )
    print(f"  bytes per token: {ours:.3f} ours, {theirs:.3f} theirs (they break ties otherwise)")


def unigram(title: str, path: Path, vocab_size: int, repeat: int) -> None:
    text = path.read_text(encoding="utf-8")

    def peer_train() -> peer.Tokenizer:
        tokenizer = byte_level(peer.models.Unigram())
        alphabet = peer.pre_tokenizers.ByteLevel.alphabet()
        trainer = peer.trainers.UnigramTrainer(
            vocab_size=vocab_size, special_tokens=[SPECIAL], initial_alphabet=alphabet, show_progress=False
        )
        tokenizer.train([str(path)], trainer)
        return tokenizer

    seconds: dict[str, float] = {}
    seconds["tokenizers, all cores"], trained = best_of(repeat, peer_train)
    seconds["train_unigram"], (vocab, scores) = best_of(repeat, lambda: train_unigram(path, vocab_size, [SPECIAL]))
    ours = UnigramTokenizer(vocab, scores, [SPECIAL]).encode(text)
    theirs = trained.encode(text).ids
    print_table(
        f"{title}: {len(text.encode()) / MB:.2f} MB to {len(vocab):,} entries", seconds, "tokenizers, all cores"
    )
    for measure, of in (("bytes per token", compression_ratio), ("bits per byte, as unigrams", unigram_bits_per_byte)):
        print(f"  {measure}: {of(text, ours):.3f} ours, {of(text, theirs):.3f} theirs")


def unigram_bits_per_byte(text: str, ids: list[int]) -> float:
    """What the tokens take if each costs the logarithm of its own frequency: what unigram training makes small."""
    bits = -sum(count * math.log2(count / len(ids)) for count in Counter(ids).values())
    return bits / len(text.encode("utf-8"))


def encoding(title: str, path: Path, train_path: Path, vocab_size: int, repeat: int) -> None:
    """All with one vocabulary, ours, and from a cold start: nothing is remembered from the run before."""
    text = path.read_text(encoding="utf-8")
    vocab, merges = train_bpe(train_path, vocab_size)
    theirs_vocab = {visible(token): id for id, token in vocab.items()}
    theirs_merges = [(visible(left), visible(right)) for left, right in merges]

    def make_peer() -> peer.Tokenizer:
        return byte_level(peer.models.BPE(vocab=theirs_vocab, merges=theirs_merges))

    paragraphs = text.splitlines(keepends=True)
    seconds: dict[str, float] = {}
    seconds["tokenizers, encode"], theirs = best_of(repeat, lambda it: it.encode(text).ids, make_peer)
    seconds["tokenizers, encode_batch of lines"], _ = best_of(repeat, lambda it: it.encode_batch(paragraphs), make_peer)
    seconds["encode"], ours = best_of(repeat, lambda it: it.encode(text), lambda: Tokenizer(vocab, merges))
    seconds["encode_iterable of lines"], lazily = best_of(
        repeat, lambda it: list(it.encode_iterable(paragraphs)), lambda: Tokenizer(vocab, merges)
    )
    blocks = [text[start : start + MB] for start in range(0, len(text), MB)]
    seconds["encode_iterable of 1 MB blocks"], in_blocks = best_of(
        repeat, lambda it: list(it.encode_iterable(blocks)), lambda: Tokenizer(vocab, merges)
    )
    assert ours == lazily == in_blocks == theirs, "the ids differ"
    size = len(text.encode()) / MB
    print_table(f"{title}: {size:.2f} MB, {len(vocab):,} entries, {len(ours):,} ids, all the same", seconds,
                "tokenizers, encode", size)  # fmt: skip


def byte_level(model: peer.models.Model) -> peer.Tokenizer:
    tokenizer = peer.Tokenizer(model)
    tokenizer.pre_tokenizer = peer.pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


def best_of(
    repeat: int, run: Callable[..., Result], prepare: Callable[[], object] | None = None
) -> tuple[float, Result]:
    """The shortest of `repeat` runs in seconds, after one that does not count; `prepare` makes what each run takes, untimed."""
    best = float("inf")
    for attempt in range(repeat + 1):
        arguments = [prepare()] if prepare else []
        start = time.perf_counter()
        result = run(*arguments)
        if attempt > 0:
            best = min(best, time.perf_counter() - start)
    return best, result


def print_table(title: str, seconds: dict[str, float], reference: str, megabytes: float | None = None) -> None:
    print(f"\n{title}")
    for name, value in seconds.items():
        rate = f"{megabytes / value:8.2f} MB/s" if megabytes else ""
        comparable = "only" not in name
        ratio = f"{value / seconds[reference]:7.2f} x the peer's time" if comparable else ""
        print(f"  {name:36}{value:9.3f} s{rate}{ratio}")


if __name__ == "__main__":
    main()
