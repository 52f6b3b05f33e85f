"""Where a function, class or module is written: through decorators and partials, down to a file and a line."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from dataclasses import dataclass
from types import ModuleType

from tracer.authoring.plain import plain_text

__all__ = ["Definition", "NoSource", "find", "short_path", "source_of"]


class NoSource(Exception):
    """Says in a sentence why `name` leads to no source."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


@dataclass(frozen=True)
class Definition:
    """`thing` is written in the file `path` from `line` (1-based) on."""

    name: str
    path: str
    line: int
    thing: object


def find(thing: object) -> Definition:
    """Where `thing` is written. A callable object leads to its class. Raises NoSource when there is no Python source."""
    try:
        return _find(_unwrapped(thing))
    except NoSource:
        raise
    except Exception as error:  # objects answer to getattr as they please
        name = plain_text(type(thing).__qualname__)
        raise NoSource(name, f"looking for its source failed with {type(error).__name__}.") from None


def source_of(definition: Definition) -> str:
    """The source text, its common indentation removed. Raises NoSource when the file cannot be read."""
    import textwrap

    try:
        text = inspect.getsource(definition.thing)  # type: ignore[arg-type]
    except (OSError, TypeError, SyntaxError, IndexError, ValueError):
        raise NoSource(definition.name, f"its source, {short_path(definition.path)}, cannot be read.") from None
    return plain_text(textwrap.dedent(text))


def short_path(path: str) -> str:
    """`path` as a reader may see it: from the project or the library's folder on, without the rest of the machine."""
    roots = [os.getcwd(), *(os.path.abspath(entry or os.curdir) for entry in sys.path)]
    for root in sorted(roots, key=len, reverse=True):
        if path.startswith(root.rstrip(os.sep) + os.sep):
            return path[len(root.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
    return path.rpartition(os.sep)[2]


def _unwrapped(thing: object) -> object:
    """The function inside partials, properties, methods and well-behaved decorators."""
    for _ in range(100):
        inner: object
        if isinstance(thing, functools.partial | functools.partialmethod):
            inner = thing.func
        elif isinstance(thing, property):
            inner = thing.fget
        elif inspect.ismethod(thing):
            inner = thing.__func__
        elif (wrapped := _wrapped(thing)) is not None:
            inner = wrapped
        else:
            break
        thing = inner
    return thing


def _wrapped(thing: object) -> object:
    """The function that a decorator, `torch.compile` or Triton's `jit` says it wraps; None when it says nothing."""
    if isinstance(thing, type | ModuleType):
        return None
    for name in ("__wrapped__", "_torchdynamo_orig_callable"):
        if callable(inner := getattr(thing, name, None)):
            return inner
    kernel = getattr(thing, "fn", None) if type(thing).__module__.startswith("triton.") else None
    return kernel if callable(kernel) else None


def _find(thing: object) -> Definition:
    if not isinstance(thing, type | ModuleType) and not inspect.isroutine(thing):
        thing = type(thing)
    name = plain_text(str(getattr(thing, "__qualname__", None) or getattr(thing, "__name__", "?")))
    name = name.rpartition("<locals>.")[2]
    if inspect.isfunction(thing):
        return Definition(name, _absolute(thing.__code__.co_filename), thing.__code__.co_firstlineno, thing)
    if inspect.isroutine(thing):
        raise NoSource(name, "it is written in C and has no Python source to show.")
    try:
        path = inspect.getsourcefile(thing)
        if path is None:
            raise NoSource(name, "it has no Python source to show.")
        line = 1 if isinstance(thing, ModuleType) else inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        raise NoSource(name, "it has no Python source to show.") from None
    return Definition(name, _absolute(path), line, thing)


def _absolute(path: str) -> str:
    return path if path.startswith("<") else os.path.abspath(path)  # "<string>" and the like are no files
