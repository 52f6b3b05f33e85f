"""`image` and `video`: files, addresses, and pictures that the lecture itself made."""

from __future__ import annotations

import math
import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.authoring.plain import Style, check_style, described, plain_text
from tracer.authoring.recording import active, missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracer.authoring.drawing import Drawn
    from tracer.authoring.media import Picture
    from tracer.authoring.recording import Recorder

__all__ = ["check_width", "image", "show_drawing", "video"]

LARGEST_FILE = 256_000_000
Width = float | str | None


class Absent(Exception):
    """Says in a sentence why a file cannot be shown."""


def image(url: object, style: Style | None = None, width: Width = None, alt: str | None = None) -> None:
    """Show a picture: a path, a web address (fetched once), a matplotlib figure, a numpy array, a tensor or a PIL image.

    A relative path starts at the working directory or at the lecture's folder. Arrays are height × width (grey, scaled from
    least to greatest) or height × width × 3 or 4 (bytes, or floats from 0 to 1). `width` is in pixels, or any CSS length
    such as "60%"; the ratio is kept. `alt` says in words what is to be seen.

    A file that is not there leaves a placeholder and a notice. Raises TypeError for what is no picture, and ValueError for
    an array that has not the shape of one.
    """
    checked, pixels = check_width("image", check_style("image", style), width)
    _check_alt("image", alt)
    if not isinstance(url, str | os.PathLike):
        from tracer.authoring.drawing import drawing_of

        draw = drawing_of("image", url)
        if draw is None:
            raise TypeError(
                "image() takes a path, a web address, a matplotlib figure, a numpy array, a tensor or a PIL image, "
                f"not {described(url)}."
            )
        if (recorder := active()) is not None:
            show_drawing(recorder, "image", draw, checked, pixels, alt)
        return
    if (recorder := active()) is None:
        return
    from tracer.authoring.media import picture_of

    address = plain_text(os.fsdecode(url))
    try:
        data = _contents(recorder, address, lambda data: None if picture_of(data) else _not_a(data, "picture"))
    except Absent as reason:
        missing(recorder, "image", address, str(reason))
        return
    picture = picture_of(data)
    assert picture is not None  # just checked
    words = _in_words(address) if alt is None else plain_text(alt)
    _show(recorder, data, picture, words, checked, pixels)


def video(url: str | os.PathLike[str], style: Style | None = None, width: Width = None, alt: str | None = None) -> None:
    """Show a video, MP4, WebM or Ogg, from a path or a web address (fetched once). Arguments and errors as for `image`."""
    checked, pixels = check_width("video", check_style("video", style), width)
    _check_alt("video", alt)
    if not isinstance(url, str | os.PathLike):
        raise TypeError(f"video() takes a path or a web address, not {described(url)}.")
    if (recorder := active()) is None:
        return
    from tracer.authoring.media import video_suffix
    from tracer.format.schema import Video

    address = plain_text(os.fsdecode(url))
    try:
        data = _contents(recorder, address, lambda data: None if video_suffix(data) else _not_a(data, "video"))
    except Absent as reason:
        missing(recorder, "video", address, str(reason))
        return
    if pixels is not None:
        checked = {"width": pixels, **(checked or {})}
    words = _in_words(address) if alt is None else plain_text(alt)
    recorder.emit(Video(source=recorder.store(data, video_suffix(data) or ""), alt=words, style=checked))


def show_drawing(
    recorder: Recorder, of: str, draw: Callable[[], Drawn], style: Style | None, width: int | None, alt: str | None
) -> None:
    """Draw, and show what came of it: the picture, or a placeholder that says why there is none."""
    from tracer.authoring.drawing import Undrawable

    try:
        drawn = draw()
    except Undrawable as reason:
        missing(recorder, of, "a figure" if of == "plot" else "a picture", str(reason))
        return
    if drawn.notice:
        recorder.notice(f"{of}(): {drawn.notice}")
    if drawn.crisp:
        style = {"imageRendering": "pixelated", **(style or {})}
    _show(recorder, drawn.data, drawn.picture, plain_text(drawn.alt if alt is None else alt), style, width)


def check_width(function: str, style: Style | None, width: object) -> tuple[Style | None, int | None]:
    """`width=` as CSS in the style, when it is a string, or as a number of pixels."""
    if width is None:
        return style, None
    if isinstance(width, str):
        if not re.fullmatch(r"\s*\d+(\.\d*)?\s*", width):
            return {**(style or {}), "width": plain_text(width)}, None
        width = float(width)
    if not isinstance(width, int | float) or isinstance(width, bool):
        raise TypeError(
            f'{function}() takes width in pixels, or as a CSS length such as "60%", not {described(width)}.'
        )
    if not math.isfinite(width) or not 1 <= width <= 100_000:
        raise ValueError(f"{function}() takes a width of 1 to 100,000 pixels, not {width!r:.40}.")
    return style, round(width)


def _show(recorder: Recorder, data: bytes, picture: Picture, alt: str, style: Style | None, width: int | None) -> None:
    from tracer.format.schema import Image

    across, down = picture.width, picture.height
    if width is not None:
        down = max(1, round(down * width / across)) if across and down else None
        across = width
    recorder.emit(Image(source=recorder.store(data, picture.suffix), alt=alt, width=across, height=down, style=style))


def _check_alt(function: str, alt: object) -> None:
    if alt is not None and not isinstance(alt, str):
        raise TypeError(f"{function}() takes alt as a string, not {described(alt)}.")


def _contents(recorder: Recorder, address: str, check: Callable[[bytes], str | None]) -> bytes:
    """The bytes of a file or of what is at a web address. Raises Absent, also for what `check` finds wrong with them."""
    from tracer.authoring.downloads import Unavailable, is_url, network

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
            names = sorted(entry.name for entry in itertools.islice(path.parent.iterdir(), 2_000))
        except OSError:
            continue
        if near := difflib.get_close_matches(path.name, names, n=3, cutoff=0.6):
            return f" Did you mean {' or '.join(plain_text(name) for name in near)}?"
    return ""


def _not_a(data: bytes, wanted: str) -> str:
    head = data[:1000].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return f"it is a web page, not a {wanted}; link() leads to pages."
    formats = "PNG, JPEG, GIF, WebP, AVIF, BMP or SVG" if wanted == "picture" else "MP4, WebM or Ogg"
    return f"it is not a {wanted} that browsers show ({formats})."


def _in_words(address: str) -> str:
    """A file's name as words: better than nothing for who cannot see the picture."""
    name = re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]
    return " ".join(re.sub(r"[-_]+", " ", name.rpartition(".")[0] or name).split())
