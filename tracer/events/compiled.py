"""torch.compile: what it made of a visible function runs in that function's name, and with lines that do not run.

Nothing here is part of torch's interface: where it is not found, compiled functions only look as if they were not.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.sources.files import Statement

__all__ = ["RULES", "Switch", "compiled_name", "leave_the_engine_out", "one_statement"]

Switch = Callable[[Any], Any]
"""Sets what is done with frames before they run (None: nothing), and returns what was done before."""

RULES = "torch._dynamo.trace_rules"
"""The module that says which functions are never compiled."""

_RESUMES = re.compile(r"torch_dynamo_resume_in_(.+)_at_(\d+)")


def leave_the_engine_out(rules: ModuleType) -> Switch:
    """Have dynamo leave the engine's functions alone, which run wherever a lecture's do. `rules` is the module RULES.

    Returns the switch by which it can be kept from the library functions, too, that the engine calls.
    """
    rules.add("tracer")
    switch: Switch = sys.modules["torch._C._dynamo.eval_frame"].set_eval_frame
    return switch


def compiled_name(code: CodeType) -> str | None:
    """The name of what torch.compile made of a function; None if `code` is what the author wrote."""
    rest = _RESUMES.fullmatch(code.co_name)
    if rest is not None:
        return f"{rest[1]} [compiled, from line {rest[2]}]"
    made: Any = getattr(sys.modules.get("torch._dynamo.convert_frame"), "output_codes", ())
    try:
        return f"{code.co_qualname} [compiled]" if code in made else None
    except Exception:  # whatever it has become, the lecture goes on
        return None


def one_statement(statement: Statement) -> Mapping[int, Statement]:
    """Lines to statements for code whose line numbers mean nothing: all are `statement`."""
    return defaultdict(lambda: statement)
