"""What a file is, and how large its picture is, from its first bytes: a name or a server may say anything.

Sizes are in CSS pixels, as a browser lays the picture out, so that a page can keep its room free while it loads.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Picture", "picture_of", "video_suffix"]

LARGEST_SIDE = 1_000_000
PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
"""CSS pixels in each unit of length that SVG shares with CSS (https://www.w3.org/TR/css-values-3/#absolute-lengths)."""


class Picture(NamedTuple):
    """The format of a picture, as a file suffix, and its natural size where its header gives one."""

    suffix: str
    width: int | None = None
    height: int | None = None


def picture_of(data: bytes) -> Picture | None:
    """What picture `data` is: PNG, JPEG, GIF, WebP, AVIF, BMP or SVG; None when it is none that browsers show."""
    for magic, suffix, size in (
        (b"\x89PNG\r\n\x1a\n", ".png", _png),
        (b"\xff\xd8\xff", ".jpg", _jpeg),
        (b"GIF8", ".gif", _gif),
        (b"BM", ".bmp", _bmp),
    ):
        if data.startswith(magic):
            return _sized(suffix, size, data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _sized(".webp", _webp, data)
    if data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"):
        return _sized(".avif", _avif, data)
    head = _svg_head(data)
    return None if head is None else _sized(".svg", _svg, head)


def video_suffix(data: bytes) -> str | None:
    """The suffix of a video that browsers play, MP4, WebM or Ogg; None when `data` is none."""
    if data[4:8] == b"ftyp" and data[8:12] not in (b"avif", b"avis", b"heic", b"heix", b"mif1"):
        return ".mp4"
    if data.startswith(b"\x1aE\xdf\xa3"):
        return ".webm"
    return ".ogv" if data.startswith(b"OggS") else None


def _sized(suffix: str, size: Callable[[bytes], tuple[float, float] | None], data: bytes) -> Picture:
    """A picture with the size that `size` reads; without one when the header is cut short or absurd."""
    try:
        found = size(data)
    except (struct.error, IndexError, ValueError, OverflowError):
        found = None
    if found is None or not all(0.5 <= side <= LARGEST_SIDE for side in found):
        return Picture(suffix)
    return Picture(suffix, round(found[0]), round(found[1]))


def _png(data: bytes) -> tuple[int, int]:
    """Width and height follow the name of the first chunk: https://www.w3.org/TR/png-3/#11IHDR."""
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height)  # negative: stored from the top down


def _webp(data: bytes) -> tuple[int, int] | None:
    """Its three forms, lossy, lossless and extended: https://developers.google.com/speed/webp/docs/riff_container."""
    form = data[12:16]
    if form == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return None


def _avif(data: bytes) -> tuple[int, int] | None:
    """The first `ispe` (image spatial extents) property."""
    at = data.find(b"ispe", 0, 1 << 16)
    if at < 0:
        return None
    width, height = struct.unpack_from(">II", data, at + 8)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """From the first frame header, turned as its Exif orientation says: browsers turn the picture too."""
    at, turned = 2, False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD7 or marker == 0x01:  # padding, and markers without a body
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return (height, width) if turned else (width, height)
        if marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":
            turned = _orientation(data[at + 10 : at + 2 + length]) >= 5
        if marker == 0xDA or length < 2:  # the picture itself has begun
            return None
        at += 2 + length
    return None


def _orientation(tiff: bytes) -> int:
    """Tag 0x0112 of the first directory of an Exif block; 1 (upright) when it has none. 5 to 8 lie on their side."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for entry in range(count):
            tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * entry)
            if tag == 0x0112:
                return int(value)
    except struct.error:
        pass
    return 1


def _svg_head(data: bytes) -> bytes | None:
    """The opening tag `<svg …>`, when nothing but a prologue (declaration, comments, doctype) stands before it."""
    text = data[: 1 << 16].removeprefix(b"\xef\xbb\xbf")
    if b"\0" in text:
        return None
    at = 0
    while True:
        at = len(text) - len(text[at:].lstrip()) if text[at : at + 1].isspace() else at
        for opening, closing in ((b"<!--", b"-->"), (b"<?", b"?>"), (b"<!", b">")):
            if text.startswith(opening, at):
                end = text.find(b"]>" if opening == b"<!" and b"[" in text[at : text.find(b">", at)] else closing, at)
                if end < 0:
                    return None
                at = text.find(b">", end) + 1
                break
        else:
            match = re.compile(rb"<(?:[A-Za-z]+:)?svg[\s/>][^>]*>?").match(text, at)
            return match[0] if match else None


def _svg(head: bytes) -> tuple[float, float] | None:
    """From `width` and `height`, else, or for one that is relative, from the `viewBox`."""
    attributes = {
        name.decode(): (double or single).decode("ascii", "replace")
        for name, double, single in re.findall(rb"\s(width|height|viewBox)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", head)
    }
    width, height = _pixels(attributes.get("width", "")), _pixels(attributes.get("height", ""))
    if width and height:
        return width, height
    box = [float(number) for number in re.split(r"[\s,]+", attributes.get("viewBox", "").strip()) if number]
    if len(box) != 4 or not box[2] > 0 or not box[3] > 0:
        return None
    ratio = box[2] / box[3]
    if width:
        return width, width / ratio
    return (height * ratio, height) if height else (box[2], box[3])


def _pixels(length: str) -> float | None:
    match = re.fullmatch(r"\s*\+?(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*([a-z]*)\s*", length)
    return float(match[1]) * PIXELS[match[2]] if match and match[2] in PIXELS else None
