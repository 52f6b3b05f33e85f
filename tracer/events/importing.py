"""Imports of libraries under `sys.settrace`: nothing of them is visible, and to be told of all their calls takes thrice the time.

So tracing rests while the body of an invisible module runs. Python says when that begins and ends by a field of the module's
spec, `_initializing`; a spec whose class makes a property of it hears of both, and no frame of ours comes into any traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["RestingImports"]

Trace = Callable[..., Any]


class RestingImports(MetaPathFinder):
    """Between `start` and `stop`, modules whose file is not visible are imported with the trace function `trace` unset."""

    def __init__(self, trace: Trace, is_visible: Callable[[str], bool]) -> None:
        self._trace = trace
        self._is_visible = is_visible

    def start(self) -> None:
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        """What the finders behind this one find, told of its beginning and end if they matter."""
        found = False
        for finder in sys.meta_path:
            if finder is self:
                found = True
            elif found:
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    self._follow(spec)
                    return spec
        return None

    def _follow(self, spec: ModuleSpec) -> None:
        """Set the trace function for a visible module, and unset it for another one, if it is not so already."""
        wanted = self._trace if spec.origin is not None and self._is_visible(spec.origin) else None
        if type(spec) is ModuleSpec and sys.gettrace() in (self._trace, None):
            spec.__class__ = _ToldSpec
            spec.__dict__["_wanted"] = wanted
            spec.__dict__["_ours"] = self._trace


class _ToldSpec(ModuleSpec):
    """The spec of a module until that has been imported; then it is an ordinary one again."""

    @property
    def _initializing(self) -> bool:
        return "_before" in self.__dict__

    @_initializing.setter
    def _initializing(self, begins: bool) -> None:
        fields = self.__dict__
        if begins:
            fields["_before"] = sys.gettrace()
            if fields["_before"] in (fields["_ours"], None):  # not a debugger's
                sys.settrace(fields["_wanted"])
            return
        self.__class__ = ModuleSpec  # type: ignore[assignment]
        before, wanted = fields.pop("_before", None), fields.pop("_wanted")
        fields.pop("_ours")
        fields["_initializing"] = False
        if sys.gettrace() is wanted:  # nobody has set another one meanwhile
            sys.settrace(before)
