"""What is to be done when a library is imported, if it ever is: the engine itself imports none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["when_imported"]

Action = Callable[[ModuleType], None]


@contextmanager
def when_imported(actions: Mapping[str, Action]) -> Iterator[None]:
    """Within: do the action of a module, given by its full name, as soon as that is there. What it raises is nobody's."""
    waiting = dict(actions)
    for name, action in actions.items():
        module = sys.modules.get(name)
        if module is not None:
            del waiting[name]
            with suppress(Exception):
                action(module)
    finder = _Finder(waiting)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        with suppress(ValueError):
            sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds nothing itself; but what the others find of the modules waited for is followed by their actions."""

    def __init__(self, waiting: dict[str, Action]) -> None:
        self._waiting = waiting

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        action = self._waiting.pop(name, None)
        if action is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                _follow(spec, action)
                return spec
        return None


def _follow(spec: ModuleSpec, action: Action) -> None:
    loader: Any = spec.loader
    execute = getattr(loader, "exec_module", None)
    if execute is None:
        return

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        execute(module)
        with suppress(Exception):
            action(module)

    with suppress(AttributeError):  # a loader that takes no attributes goes on alone
        loader.exec_module = exec_module
