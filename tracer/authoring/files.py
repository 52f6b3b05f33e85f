"""What a lecture names, a file or a web address, as bytes; or a sentence that says why there are none."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.authoring.downloads import Unavailable, is_url, network
from tracer.authoring.plain import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracer.authoring.recording import Recorder

__all__ = ["Absent", "contents"]

LARGEST_FILE = 256_000_000


class Absent(Exception):
    """Says in a sentence why a file cannot be shown."""


def contents(recorder: Recorder, address: str, check: Callable[[bytes], str | None]) -> bytes:
    """The bytes of a file or of what is at a web address. Raises Absent, also for what `check` finds wrong with them."""
    if is_url(address):
        try:
            return network.fetch(address, recorder.cache, check=check)
        except Unavailable as error:
            raise Absent(str(error)) from None
    data = _read(address)
    if problem := check(data):
        raise Absent(problem)
    return data


def _read(address: str) -> bytes:
    tried = [Path(address).expanduser(), *(folder / address for folder in _lecture_folders())]
    try:
        for path in tried:
            if path.exists():
                status = path.stat()
                if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
                    raise Absent(
                        f"{address} is a folder, not a file." if path.is_dir() else f"{address} is not a plain file."
                    )
                if status.st_size > LARGEST_FILE:
                    raise Absent(f"{address} has {status.st_size / 1e6:,.0f} MB, more than {LARGEST_FILE / 1e6:,.0f}.")
                return path.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Absent(f"{address[:200]} cannot be read: {reason}.") from None
    raise Absent(f"there is no file {address}.{_near(tried)}")


def _lecture_folders() -> list[Path]:
    """The folder of the file that called, when it is a file."""
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("tracer.authoring"):
        frame = frame.f_back
    path = Path(frame.f_code.co_filename)
    return [path.parent] if path.is_file() else []


def _near(tried: list[Path]) -> str:
    """What the author may have meant: names like it in the folders where it should have been."""
    import difflib
    import itertools

    for path in tried:
        try:
            names = sorted({entry.name for entry in itertools.islice(path.parent.iterdir(), 2_000)} - {path.name})
        except OSError:
            continue
        if near := difflib.get_close_matches(path.name, names, n=3, cutoff=0.6):
            return f" Did you mean {' or '.join(plain_text(name) for name in near)}?"
    return ""
