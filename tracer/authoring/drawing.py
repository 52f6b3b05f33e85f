"""Pictures that a lecture makes, as bytes a browser shows: figures as SVG or PNG, arrays and PIL images as PNG.

The same figure gives the same bytes on every run, so that its file keeps its name and a published site its cache. Libraries
are recognised by what the lecture has imported already; none is imported here before that.
"""

from __future__ import annotations

import io
import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.authoring.media import Picture, picture_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Drawn", "Undrawable", "drawing_of", "figure_in"]

LARGEST_SVG = 500_000
LARGEST_SIDE = 4096
PIXELS_PER_INCH = 96
"""A figure of 6 × 4 inches takes 576 × 384 CSS pixels, as SVG and as PNG alike."""


class Undrawable(Exception):
    """Says in a sentence why no picture came of it."""


class Drawn(NamedTuple):
    """A picture made: its bytes, what they are, what it shows in words, and what its author should hear about it."""

    data: bytes
    picture: Picture
    alt: str
    crisp: bool = False
    """Its pixels are data: enlarge them as squares, not as a blur."""
    notice: str | None = None


def drawing_of(function: str, value: object) -> Callable[[], Drawn] | None:
    """How to draw `value`, a matplotlib figure, a numpy array, a torch tensor or a PIL image; None for anything else.

    Drawing itself may raise Undrawable. Raises ValueError or TypeError for an array that has not the shape of a picture.
    """
    if (figure := figure_in(value)) is not None:
        return lambda: _figure(figure)
    if _is(value, "torch", "Tensor") or _is(value, "numpy", "ndarray"):
        _check_array(function, value)
        return lambda: _array(value)
    if _is(value, "PIL.Image", "Image"):
        return lambda: _pil(value)
    return None


def figure_in(value: object) -> Any:
    """The matplotlib figure that `value` is or belongs to (axes do, and whatever they hold); None when there is none."""
    candidate = value
    for _ in range(4):  # a line, its axes, their subfigure, its figure
        if _is(candidate, "matplotlib.figure", "Figure"):
            return candidate
        candidate = getattr(candidate, "figure", None)
    return None


def _is(value: object, module: str, name: str) -> bool:
    """Whether `value` is an instance of a class of a library, which it can only be when that has been imported."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(value, kind)


# ------------------------------------------------------------------------------------------------------------- matplotlib


class _TooLarge(Exception):
    pass


class _Bounded(io.BytesIO):
    """A file that refuses to grow beyond what an SVG may weigh."""

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > LARGEST_SVG:
            raise _TooLarge
        return super().write(data)


def _figure(figure: Any) -> Drawn:
    alt = _figure_in_words(figure)
    try:
        try:
            data = _saved(figure, _Bounded(), format="svg", metadata={"Date": None})
            picture = picture_of(data) or Picture(".svg")
        except _TooLarge:
            data = _saved(figure, io.BytesIO(), format="png", dpi=2 * PIXELS_PER_INCH, metadata={"Software": None})
            _, width, height = picture_of(data) or Picture(".png")
            picture = Picture(".png", width and round(width / 2), height and round(height / 2))
    except Exception as error:  # what was put into the figure is only looked at when it is drawn
        raise Undrawable(f"matplotlib could not draw it ({type(error).__name__}: {str(error)[:200]}).") from None
    return Drawn(data, picture, alt)


def _saved(figure: Any, file: io.BytesIO, **how: Any) -> bytes:
    """Without margins; text as outlines, so that it looks alike on every machine; names in it derived from its content."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "executable-lectures", "svg.fonttype": "path"}):
        figure.savefig(file, bbox_inches="tight", **how)
    return file.getvalue()


def _figure_in_words(figure: Any) -> str:
    """What a figure shows, from its titles and the names of its axes."""
    title = getattr(getattr(figure, "_suptitle", None), "get_text", str)()
    parts = [title]
    for axes in figure.axes:
        across, up = axes.get_xlabel(), axes.get_ylabel()
        against = f"{up} against {across}" if up and across else up or across
        parts.append(": ".join(filter(None, (axes.get_title(), against))))
    return "; ".join(" ".join(part.split()) for part in dict.fromkeys(parts) if part)[:500] or "A figure"


# ----------------------------------------------------------------------------------------------------------------- arrays


def _check_array(function: str, array: Any) -> None:
    shape = tuple(array.shape)
    if not (len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4))) or 0 in shape:
        raise ValueError(
            f"{function}() takes an array of height × width, or of height × width × 3 or 4 colours, not of shape {shape}."
        )
    kind = getattr(array.dtype, "kind", None)
    if kind not in "biuf" if kind else getattr(array.dtype, "is_complex", False):
        raise TypeError(f"{function}() takes an array of numbers to draw, not of {array.dtype}.")


def _array(value: Any) -> Drawn:
    import numpy as np

    height, width = value.shape[:2]
    step = math.ceil(max(height, width) / LARGEST_SIDE)
    notice = f"of {height:,} × {width:,} pixels one in {step} is shown, down and across." if step > 1 else None
    try:
        array = _in_numpy(value[::step, ::step])
    except Exception as error:  # a tensor without data, on a device that is gone, …
        raise Undrawable(f"its elements cannot be read ({type(error).__name__}: {str(error)[:200]}).") from None
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    with np.errstate(all="ignore"):
        if array.ndim == 2:
            pixels, alt = _grey(array)
        else:
            pixels, clipped = _colours(array)
            alt = "A picture"
            if clipped:
                notice = "colours outside 0 to 1 (integers: 0 to 255) were cut off."
    data = _png(pixels)
    rows, columns = pixels.shape[:2]
    alt = f"{alt}, {width} × {height} pixels"
    return Drawn(data, Picture(".png", columns, rows), alt, crisp=max(rows, columns) <= 256, notice=notice)


def _in_numpy(array: Any) -> Any:
    import numpy as np

    if hasattr(array, "detach"):
        array = array.detach().cpu()
        if array.dtype.is_floating_point and array.dtype.itemsize < 4:  # numpy has no bfloat16, and no 8-bit floats
            array = array.float()
        array = array.numpy()
    return np.ma.filled(array.astype(float), np.nan) if isinstance(array, np.ma.MaskedArray) else np.asarray(array)


def _grey(array: Any) -> tuple[Any, str]:
    """Pixels of shape (height, width, 1 or 2): bytes as they are, other numbers from least (black) to greatest (white).

    What is not finite is transparent.
    """
    import numpy as np

    if array.dtype == np.uint8:
        return array[:, :, None], "A grey picture"
    if array.dtype == bool:
        return array[:, :, None].astype(np.uint8) * 255, "A black and white picture"
    numbers = array.astype(np.float64)
    finite = np.isfinite(numbers)
    if not finite.any():
        return np.zeros((*array.shape, 2), np.uint8), "An empty picture"
    least, greatest = numbers[finite].min(), numbers[finite].max()
    if least < greatest:  # halves, since the difference itself may be beyond the largest float
        numbers = (numbers / 2 - least / 2) / (greatest / 2 - least / 2)
    else:
        numbers = np.full_like(numbers, 0.5)
    grey = np.rint(np.where(finite, numbers, 0) * 255).astype(np.uint8)
    layers = [grey] if finite.all() else [grey, finite.astype(np.uint8) * 255]
    return np.stack(layers, axis=2), f"Values from {least:.4g} (black) to {greatest:.4g} (white)"


def _colours(array: Any) -> tuple[Any, bool]:
    """Pixels of shape (height, width, 3 or 4), and whether any colour had to be cut off to fit."""
    import numpy as np

    if array.dtype == np.uint8:
        return array, False
    scale = 255 if array.dtype.kind in "fb" else 1
    numbers = array.astype(np.float64) * scale
    pixels = np.rint(np.clip(np.nan_to_num(numbers, posinf=255, neginf=0), 0, 255))
    return pixels.astype(np.uint8), bool(np.any(np.abs(pixels - numbers) > 0.51))


def _png(pixels: Any) -> bytes:
    """A PNG file of 8-bit `pixels` of shape (height, width, channels): https://www.w3.org/TR/png-3/#4Concepts.Format."""
    import struct
    import zlib

    import numpy as np

    height, width, channels = pixels.shape
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each row starts with its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, width * channels)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# ------------------------------------------------------------------------------------------------------------- PIL images


def _pil(image: Any) -> Drawn:
    file = io.BytesIO()
    try:
        if image.mode in ("I", "F"):  # numbers of any range: from least (black) to greatest (white)
            least, greatest = image.getextrema()
            scale = 255 / ((greatest - least) or 1)
            image = image.convert("F").point(lambda value: value * scale - least * scale).convert("L")
        elif image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
            image = image.convert("RGB")
        image.save(file, "PNG")
    except Exception as error:  # PIL reads its file only now
        raise Undrawable(f"PIL could not write it ({type(error).__name__}: {str(error)[:200]}).") from None
    width, height = image.size
    return Drawn(file.getvalue(), Picture(".png", width, height), f"A picture, {width} × {height} pixels")
