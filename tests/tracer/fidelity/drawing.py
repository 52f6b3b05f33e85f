"""A trace as text that a person can check against the program: what ran, in which call, with which values, to what end.

    x = f(1)
        | x = 2
      return n + 1 returns
          | called with n = 1
          | returned 2

A step is the line of source where its statement begins, indented under the step that made its call, with how it ended (a
step that just went on says nothing). Below it, behind a bar, stands what the step left behind.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import msgspec

from tracer.format import schema

__all__ = ["draw"]

ENDS = {
    schema.END_NEXT: "",
    schema.END_RETURN: " returns",
    schema.END_YIELD: " yields",
    schema.END_RAISE: " raises",
    schema.END_OPEN: " (never ended)",
}

DEEPEST = 20
"""Steps below this depth are counted, not drawn; calls too."""

NOT_OURS = {
    "__firstlineno__": "3.13 puts it into the namespace of every class body",
    "__static_attributes__": "3.13 puts it into the namespace of every class body",
}
"""The keys of recorded mappings that not every interpreter makes, with the reason: left out of the drawing. All else is the
same on every interpreter."""


def draw(trace: schema.Trace) -> str:
    """The steps of every thread, the tree of calls, the notices and the outcome of `trace`: no time, path or address."""
    parts: list[str] = []
    for track in range(len(trace.tracks.thread)):
        parts += [f"STEPS OF THREAD {track}" if track else "STEPS", *_steps(trace, track), ""]
    parts += ["CALLS", *_calls(trace), ""]
    if trace.notices:
        parts += ["NOTICES", *(f"line {notice.line}: {notice.message}" for notice in trace.notices), ""]
    return "\n".join([*parts, "OUTCOME", *_outcome(trace), ""])


def _steps(trace: schema.Trace, track: int) -> Iterator[str]:
    places = _places(trace)
    left_behind = _left_behind(trace)
    deeper: Counter[str] = Counter()
    lowest = 0
    for step, (statement, end) in enumerate(zip(trace.steps.statement, trace.steps.end, strict=True)):
        thread, depth = places[step]
        if thread != track:
            continue
        file = trace.files[trace.statements.file[statement]]
        text = file.text.splitlines()[trace.statements.line[statement] - 1].split("  #")[0].strip() + ENDS[end]
        if depth > DEEPEST:
            deeper[text] += 1
            lowest = max(lowest, depth)
            continue
        if deeper:
            yield from _counted(deeper, lowest)
            deeper, lowest = Counter(), 0
        indent = "  " * depth
        yield indent + text
        for words in left_behind[step]:
            yield f"{indent}    | {words}"
    if deeper:
        yield from _counted(deeper, lowest)


def _counted(deeper: Counter[str], lowest: int) -> Iterator[str]:
    indent = "  " * (DEEPEST + 1)
    for text, count in deeper.items():
        yield f"{indent}{text} × {count:,}"
    yield f"{indent}    | down to depth {lowest:,}"


def _places(trace: schema.Trace) -> list[tuple[int, int]]:
    """The thread of every step, and how many steps stand above it: the one that made or resumed its call, and so on."""
    parents = list(trace.calls.parent)
    resumes = {
        (call, step): parent
        for call, step, parent in zip(trace.resumes.call, trace.resumes.step, trace.resumes.parent, strict=True)
    }
    places: list[tuple[int, int]] = []
    for step, call in enumerate(trace.steps.call):
        parent = parents[call] = resumes.get((call, step), parents[call])
        thread, above = (trace.calls.track[call], -1) if parent < 0 else places[parent]
        places.append((thread, above + 1))
    return places


def _left_behind(trace: schema.Trace) -> list[list[str]]:
    """For every step: what its call was made with, what it printed, what it is left by, its values."""
    strings = trace.strings
    found: list[list[str]] = [[] for _ in trace.steps.call]
    bindings = trace.bindings
    rows = list(zip(bindings.step, bindings.name, bindings.value, bindings.role, strict=True))
    for step, name, value, role in rows:
        if role == schema.ROLE_ARGUMENT:
            found[step].append(f"called with {strings[name]} = {_shown(trace, value)}")
    for (step, stream), text in _printed(trace).items():
        found[step].append(f"printed {'to stderr ' if stream else ''}{text!r}")
    for step, failure in zip(trace.raised.step, trace.raised.failure, strict=True):
        found[step].append(f"left by {_failure(trace.failures[failure])}")
    for step, name, value, role in rows:
        if role == schema.ROLE_RETURNED:
            found[step].append(f"returned {_shown(trace, value)}")
        elif role != schema.ROLE_ARGUMENT:
            found[step].append(f"{strings[name]} = {_shown(trace, value)}")
    return found


def _printed(trace: schema.Trace) -> dict[tuple[int, int], str]:
    """What each step wrote to each stream: in one piece, however many rows another thread cut it into."""
    found: dict[tuple[int, int], str] = {}
    for step, stream, text in zip(trace.printed.step, trace.printed.stream, trace.printed.text, strict=True):
        found[step, stream] = found.get((step, stream), "") + trace.strings[text]
    return found


def _calls(trace: schema.Trace) -> Iterator[str]:
    """Every call below the one that made it, in the order of their first steps."""
    below: dict[int, list[int]] = {}
    for call, parent in enumerate(trace.calls.parent):
        below.setdefault(-1 if parent < 0 else trace.steps.call[parent], []).append(call)
    pending = [(call, 0) for call in reversed(below.get(-1, []))]
    deeper = 0
    while pending:  # not by recursion: a program may call 900 deep
        call, depth = pending.pop()
        if depth > DEEPEST:
            deeper += 1
        else:
            function = trace.strings[trace.functions.name[trace.calls.function[call]]]
            track = trace.calls.track[call]
            yield "  " * depth + function + (f" (thread {track})" if track else "")
        pending += [(called, depth + 1) for called in reversed(below.get(call, []))]
    if deeper:
        yield f"and {deeper:,} deeper ones"


def _outcome(trace: schema.Trace) -> Iterator[str]:
    outcome = trace.summary.outcome
    yield f"{outcome.status}, exit code {outcome.exit_code}" + (f": {outcome.message}" if outcome.message else "")
    if outcome.failure is not None:
        for line in trace.failures[outcome.failure].traceback:
            place = trace.files[line.file].path.rsplit("/", 1)[-1] if line.file >= 0 else line.path
            yield f"  {line.function} ({place}): {line.text}" if line.file >= 0 else f"  ({place})"


def _failure(failure: schema.Failure) -> str:
    words = f"{failure.type}: {failure.message}" if failure.message else failure.type
    return words + (f" (from {failure.cause})" if failure.cause else "")


def _shown(trace: schema.Trace, index: int) -> str:
    return "(no longer shown)" if index < 0 else _value(msgspec.to_builtins(trace.values[index]))


def _value(value: object) -> str:
    """A recorded value in one line: plain ones as in JSON, the others by their kind and fields."""
    if not isinstance(value, dict) or "kind" not in value:
        return json.dumps(value, ensure_ascii=False)
    kind, typed = value["kind"], value.get("type", "")
    if kind == "float":
        return str(value["value"])
    if kind == "sequence":
        return f"{typed}[{', '.join(_value(item) for item in value['items'])}]"
    if kind == "mapping":
        entries = [(_value(key), _value(item)) for key, item in value["entries"] if str(key) not in NOT_OURS]
        return f"{typed}{{{', '.join(f'{key}: {item}' for key, item in entries)}}}"
    if kind == "instance":
        return f"{typed}({', '.join(f'{name}={_value(item)}' for name, item in value['fields'])})"
    if kind == "definition":
        return f"<{typed} {value['name']}>"
    if kind == "cut":
        return f"<{typed} cut: {value['reason']}>"
    if kind == "opaque":
        return f"<{typed}>"
    raise AssertionError(f"no program has a value of kind {kind!r} yet: say here how to draw it")
