"""`system_text`: what a command prints."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tracer.authoring.plain import Style, check_style, described, plain_text
from tracer.authoring.recording import active, missing

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["system_text"]

LARGEST_OUTPUT = 200_000
ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # strings for the terminal: titles, links
    r"|\x1b[ -/]*[0-~]?"  # two-character escapes
)
"""ANSI escapes (ECMA-48, sections 5.3 to 5.6)."""


def system_text(
    command: str | Sequence[str | os.PathLike[str]], style: Style | None = None, timeout: float = 60
) -> None:
    """Run a command, such as `["nvidia-smi"]`, and show what it prints, stderr included, without terminal colours.

    A string is split as a shell splits words, but no shell runs. A command that fails shows its output and how it ended, and
    leaves a notice; one that is not there or takes longer than `timeout` seconds does not stop the lecture either. Without
    the tracer nothing is run. Raises TypeError or ValueError for what is no command.
    """
    checked = check_style("system_text", style)
    words = _words(command)
    if not isinstance(timeout, int | float) or not 0 < timeout <= 86_400:
        raise ValueError(f"system_text() takes timeout as a number of seconds, not {timeout!r:.40}.")
    if (recorder := active()) is None:
        return
    from tracer.format.schema import Words

    label = plain_text(" ".join(words))
    try:
        output, problem = _run(words, timeout)
    except OSError as error:
        reason = (
            "there is no such command here" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        )
        missing(recorder, "system_text", label, f"{words[0]} could not be run: {reason}.")
        return
    shown = _without_escapes(output).rstrip("\n")
    if problem:
        shown = f"{shown}\n[{problem}]".lstrip("\n")
        recorder.notice(f"system_text({label}): the command {problem}.")
    recorder.emit(Words(text=shown, verbatim=True, style=checked))


def _words(command: object) -> list[str]:
    if isinstance(command, str):
        import shlex

        try:
            words = shlex.split(command)
        except ValueError as error:
            raise ValueError(f"system_text() cannot split {command!r:.80} into words: {error}.") from None
    elif isinstance(command, list | tuple) and all(isinstance(word, str | os.PathLike) for word in command):
        words = [os.fsdecode(word) for word in command]
    else:
        raise TypeError(
            f'system_text() takes a command as a list of strings such as ["date"], not {described(command)}.'
        )
    if not words or not words[0] or any("\0" in word for word in words):
        raise ValueError(f"system_text() was given no command: {command!r:.80}.")
    return words


def _run(words: list[str], timeout: float) -> tuple[str, str]:
    """What the command printed (the beginning of it, when it is long), and how it failed, if it did. Raises OSError."""
    import contextlib
    import signal
    import subprocess
    import threading

    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    assert process.stdout is not None
    pipe, kept, total = process.stdout.fileno(), bytearray(), 0

    def read() -> None:
        nonlocal total
        while piece := os.read(pipe, 1 << 16):
            kept.extend(piece[: LARGEST_OUTPUT - len(kept)])
            total += len(piece)

    reader = threading.Thread(target=read, name="command", daemon=True)
    reader.start()
    problem = ""
    try:
        reader.join(timeout)
        if reader.is_alive():
            problem = f"was stopped after {timeout:g} seconds"
        else:
            process.wait(timeout)
    except subprocess.TimeoutExpired:
        problem = f"was stopped after {timeout:g} seconds"
    finally:
        if process.poll() is None or reader.is_alive():  # with all that it started
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            reader.join(1)
    text = bytes(kept).decode("utf-8", "replace")
    if total > len(kept):
        text += f"\n… {total - len(kept):,} more bytes"
    if not problem and process.returncode < 0:
        with contextlib.suppress(ValueError):
            problem = f"was ended by {signal.Signals(-process.returncode).name}"
    elif not problem and process.returncode:
        problem = f"ended with exit status {process.returncode}"
    return text, problem


def _without_escapes(output: str) -> str:
    """As a terminal would show it in the end: no escapes, and of a line rewritten by a progress bar its last state."""
    text = ESCAPES.sub("", output).replace("\r\n", "\n")
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return plain_text(re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", "\n".join(lines)))
