"""Matplotlib's figures and PIL's images: what they are and how large. To show one, a lecture calls `image()`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Opaque, Value
from tracer.values.objects import by_repr, opaque
from tracer.values.types import derives, root, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]


def handler(cls: type) -> Any:
    """The handler of a class of Matplotlib's or PIL's, or None."""
    figure, image = _loaded("matplotlib.figure", "Figure"), _loaded("PIL.Image", "Image")
    if figure is not None and derives(cls, figure):
        return _figure
    if image is not None and derives(cls, image):
        return _image
    return by_repr if root(cls) in ("matplotlib", "PIL") else None


def _loaded(module: str, name: str) -> Any:
    return getattr(sys.modules.get(module), name, None)


def _figure(walker: Walker, value: Any, depth: int) -> Value:
    width, height = value.get_size_inches()
    axes = len(value.axes)
    return opaque(walker, value, f"{width:g} × {height:g} inches, {axes} {'axis' if axes == 1 else 'axes'}", depth)


def _image(walker: Walker, value: Any, depth: int) -> Value:
    width, height = value.size
    return Opaque(type=type_name(type(value)), text=f"{width} × {height} pixels, mode {value.mode}")
