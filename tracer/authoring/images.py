"""`image` and `video`: files, addresses, and pictures that the lecture itself made."""

from __future__ import annotations

import math
import os
import re
from typing import TYPE_CHECKING

from tracer.authoring.plain import Style, check_style, described, plain_text
from tracer.authoring.recording import active, missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracer.authoring.drawing import Drawn
    from tracer.authoring.media import Picture
    from tracer.authoring.recording import Recorder

__all__ = ["check_width", "image", "show_drawing", "video"]

Width = float | str | None


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
    from tracer.authoring.files import Absent, contents
    from tracer.authoring.media import picture_of

    address = os.fsdecode(url)
    try:
        data = contents(recorder, address, lambda data: None if picture_of(data) else _not_a(data, "picture"))
    except Absent as reason:
        missing(recorder, "image", address, str(reason))
        return
    picture = picture_of(data)
    assert picture is not None  # just checked
    words = plain_text(_in_words(address) if alt is None else alt)
    _show(recorder, address, data, picture, words, checked, pixels)


def video(url: str | os.PathLike[str], style: Style | None = None, width: Width = None, alt: str | None = None) -> None:
    """Show a video, MP4, WebM or Ogg, from a path or a web address (fetched once). Arguments and errors as for `image`."""
    checked, pixels = check_width("video", check_style("video", style), width)
    _check_alt("video", alt)
    if not isinstance(url, str | os.PathLike):
        raise TypeError(f"video() takes a path or a web address, not {described(url)}.")
    if (recorder := active()) is None:
        return
    from tracer.authoring.files import Absent, contents
    from tracer.authoring.media import video_suffix
    from tracer.format.schema import Video

    address = os.fsdecode(url)
    try:
        data = contents(recorder, address, lambda data: None if video_suffix(data) else _not_a(data, "video"))
    except Absent as reason:
        missing(recorder, "video", address, str(reason))
        return
    if pixels is not None:
        checked = {"width": pixels, **(checked or {})}
    words = plain_text(_in_words(address) if alt is None else alt)
    source = _stored(recorder, "video", address, data, video_suffix(data) or "")
    if source is not None:
        recorder.emit(Video(source=source, alt=words, style=checked))


def show_drawing(
    recorder: Recorder, of: str, draw: Callable[[], Drawn], style: Style | None, width: int | None, alt: str | None
) -> None:
    """Draw, and show what came of it: the picture, or a placeholder that says why there is none."""
    from tracer.authoring.drawing import Undrawable

    try:
        drawn = draw()
    except Undrawable as reason:
        missing(recorder, of, "a drawing", str(reason))
        return
    if drawn.notice:
        recorder.notice(f"{of}(): {drawn.notice}")
    if drawn.crisp:
        style = {"imageRendering": "pixelated", **(style or {})}
    words = plain_text(drawn.alt if alt is None else alt)
    _show(recorder, "a drawing", drawn.data, drawn.picture, words, style, width)


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


def _show(
    recorder: Recorder, label: str, data: bytes, picture: Picture, alt: str, style: Style | None, width: int | None
) -> None:
    from tracer.format.schema import Image

    across, down = picture.width, picture.height
    if width is not None:
        down = max(1, round(down * width / across)) if across and down else None
        across = width
    source = _stored(recorder, "image", label, data, picture.suffix)
    if source is not None:
        recorder.emit(Image(source=source, alt=alt, width=across, height=down, style=style))


def _stored(recorder: Recorder, of: str, label: str, data: bytes, suffix: str) -> str | None:
    """Where the file is kept; None, and a placeholder shown, when the disk refuses it."""
    try:
        return recorder.store(data, suffix)
    except OSError as error:
        missing(recorder, of, label, f"it could not be stored: {error.strerror or error}.")
        return None


def _check_alt(function: str, alt: object) -> None:
    if alt is not None and not isinstance(alt, str):
        raise TypeError(f"{function}() takes alt as a string, not {described(alt)}.")


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
