"""Golden traces, one a version: what was recorded then opens now, and says the same. `python -m tests.golden.make` makes one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from tests.tracer.recording import Recording
from tracer.format import generate, schema
from tracer.format.faults import faults
from tracer.format.reader import read_trace
from tracer.format.upgrade import upgrade

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
VERSIONS = range(1, schema.VERSION + 1)


@pytest.fixture(scope="module", params=VERSIONS)
def trace(request: pytest.FixtureRequest) -> schema.Trace:
    return read_trace(GOLDEN / f"v{request.param}.json")


def test_every_version_has_its_golden_trace() -> None:
    assert sorted(path.name for path in GOLDEN.glob("*.json")) == [f"v{version}.json" for version in VERSIONS]
    for version in VERSIONS:
        assert json.loads((GOLDEN / f"v{version}.json").read_bytes())["version"] == version


@pytest.mark.parametrize("version", VERSIONS)
def test_the_json_schema_holds_for_it(version: int) -> None:
    document = json.loads((GOLDEN / f"v{version}.json").read_bytes())
    upgrade(document)
    validator = jsonschema.Draft7Validator(json.loads(generate.SCHEMA_FILE.read_bytes()))
    validator.validate(document)
    document["elided"]["count"].append("many")
    assert not validator.is_valid(document)


def test_it_is_of_this_version_and_finished(trace: schema.Trace) -> None:
    assert trace.version == schema.VERSION
    assert trace.summary.title == "A golden lecture"
    assert trace.summary.outcome == schema.Outcome(status="finished")


def test_its_calls_are_those_of_the_lecture(trace: schema.Trace) -> None:
    source = trace.files[trace.entry].text.splitlines()
    made_by = {}
    for call, parent in enumerate(trace.calls.parent):
        name = trace.strings[trace.functions.name[trace.calls.function[call]]]
        line = trace.statements.line[trace.steps.statement[parent]] if parent >= 0 else 0
        made_by.setdefault(name, source[line - 1].split("  #")[0].strip() if line else "")
    assert made_by["main"] == ""
    assert made_by["calls"] == "calls()"
    assert made_by["fibonacci"] == "total = fibonacci(4)"
    assert made_by["squares"] == "for square in squares(3):"
    assert made_by["Stack.push"] == "pair = [Stack().push(item).depth for item in range(2)]"
    assert made_by["in_a_thread"] == ""
    assert made_by["Closing.__exit__"] in ("with Closing():", "return a / b")
    names = [trace.strings[trace.functions.name[function]] for function in trace.calls.function]
    assert trace.resumes.call.count(names.index("squares")) == 3


def test_its_values_are_those_of_the_lecture(trace: schema.Trace) -> None:
    def inspected(name: str) -> list[object]:
        rows = zip(trace.bindings.name, trace.bindings.value, trace.bindings.role, strict=True)
        return [
            trace.values[value] if value >= 0 else "cleared"
            for index, value, role in rows
            if trace.strings[index] == name and role == schema.ROLE_INSPECTED
        ]

    first, empty = inspected("small")
    assert isinstance(first, schema.Sequence)
    assert first.items == [None, True, 3, 0.5, schema.Float(value=1), "é\n"]
    assert isinstance(empty, schema.Sequence)
    assert empty.items == []
    assert inspected("large") == [schema.Int(text=str(2**200)), "cleared"]
    assert inspected("square")[:3] == [0, 1, 4]
    assert inspected("total") == [3]
    assert inspected("point.x") == [schema.Float(value=1)]
    (view,) = inspected("view")
    assert isinstance(view, schema.Tensor)
    assert (view.shape, view.strides, view.elements) == ([2, 2], [1, 3], [1, 4, 2, 5])
    (half,) = inspected("half")
    assert isinstance(half, schema.Tensor)
    assert (half.dtype, half.elements) == ("bfloat16", [1, "nan", "inf"])
    (big,) = inspected("big")
    assert isinstance(big, schema.Tensor)
    assert big.picture is not None
    assert big.picture.cells[:2] == [0, 2]
    assert inspected("place") == ["worker"]


def test_its_outputs_are_those_of_the_lecture(trace: schema.Trace) -> None:
    kinds = [type(trace.outputs[output]).__name__ for output in trace.shown.output]
    for new in ("Expectation", "Quiz"):  # since version 3
        if new in kinds:
            kinds.remove(new)
    assert " ".join(kinds) == "Words Note Words Image Link Link Plot Graph Table Code Placeholder Words Words"
    link = trace.outputs[trace.shown.output[5]]
    assert isinstance(link, schema.Link)
    assert link.target is not None
    assert link.target.name == "fibonacci"


def test_it_says_what_was_printed_and_raised(trace: schema.Trace) -> None:
    rows = list(zip(trace.printed.stream, trace.printed.text, strict=True))
    assert "".join(trace.strings[text] for stream, text in rows if stream == 0) == "closed\nto stdout\n0 1 2 "
    assert "".join(trace.strings[text] for stream, text in rows if stream == 1) == "to stderr\n"
    failures = [trace.failures[failure] for failure in trace.raised.failure]
    assert (failures[0].type, failures[0].message) == ("ZeroDivisionError", "division by zero")
    for step in trace.raised.step:
        assert trace.steps.end[step] == schema.END_RAISE


def test_what_is_new_in_version_2() -> None:
    """Statements that ran on unrecorded are counted, and a step that ended by an exception says so when it was handled, too."""
    assert read_trace(GOLDEN / "v1.json").elided.statement == []
    trace = read_trace(GOLDEN / "v3.json")
    source = trace.files[trace.entry].text.splitlines()

    def line(statement: int) -> str:
        return source[trace.statements.line[statement] - 1].split("  #")[0].strip()

    counted = dict(zip(map(line, trace.elided.statement), trace.elided.count, strict=True))
    assert counted["for i in range(50):"] == 51 - 30
    assert counted["total += fibonacci(i % 2)"] == 50 - 30
    raised = {line(trace.steps.statement[step]): trace.failures[failure].type for step, failure in rows(trace.raised)}
    assert raised["divide(1, 0)"] == "ZeroDivisionError"
    assert raised['{}["key"]'] == "KeyError"


def rows(raised: schema.Raised) -> list[tuple[int, int]]:
    return list(zip(raised.step, raised.failure, strict=True))


def test_a_reader_can_draw_it(trace: schema.Trace) -> None:
    drawing = Recording(trace, None).drawing().splitlines()  # type: ignore[arg-type]
    assert drawing[0] == 'text("# A golden lecture")'
    assert "  total = fibonacci(4)" in drawing
    assert "    if n < 2:" in drawing


def test_what_is_new_in_version_3() -> None:
    """Where loops end, where arrays come from, who wrote to them, what operations and memory cost, what was expected."""
    before, trace = read_trace(GOLDEN / "v2.json"), read_trace(GOLDEN / "v3.json")
    assert before.statements.loop_end == [0] * len(before.statements.line)
    assert (before.derived.step, before.operations.step, before.memory.step, before.machines) == ([], [], [], [])
    assert sum(line > 0 for line in trace.statements.loop_end) == 4
    derived = {
        (trace.strings[name], trace.strings[of])
        for name, of in zip(trace.derived.name, trace.derived.source, strict=True)
    }
    assert derived == {("view", "tiny"), ("loss", "weight"), ("split", "many")}
    written = [row for row, role in enumerate(trace.bindings.role) if role == schema.ROLE_WRITTEN]
    assert [trace.strings[trace.bindings.name[row]] for row in written] == ["layer.weight"]
    (expectation,) = (output for output in trace.outputs if isinstance(output, schema.Expectation))
    assert [(item.expected, item.measured) for item in expectation.items] == [(48, 48), (100, 152)]
    assert [machine.measured for machine in trace.machines].count(True) == 1
    products = [
        flops
        for flops, name in zip(trace.operations.flops, trace.operations.name, strict=True)
        if trace.strings[name] == "mm"
    ]
    assert products == [48, 48]
    kinds = {type(value).__name__ for value in trace.values}
    assert {"Module", "Tokens"} <= kinds
    assert [value.dimensions for value in trace.values if isinstance(value, schema.Tensor) and value.dimensions] == [
        ["batch", "head", "time", "channel"],
    ]


def test_what_is_new_in_version_4() -> None:
    """What kernels did to memory, program by program. The first golden trace in which one runs is of version 6."""
    before, trace = read_trace(GOLDEN / "v3.json"), read_trace(GOLDEN / "v6.json")
    assert (before.launches.step, before.programs.call, before.accesses.step) == ([], [], [])
    assert (before.arrays, before.regions) == ([], [])
    (launch,) = trace.launches.step
    statement = trace.steps.statement[launch]
    line = trace.files[trace.entry].text.splitlines()[trace.statements.line[statement] - 1]
    assert line.strip() == "double_rows[(2,)](x, y, 3, BLOCK=4)"
    assert (trace.launches.x, trace.launches.y, trace.launches.z) == ([2], [1], [1])
    assert [trace.strings[trace.functions.name[function]] for function in trace.launches.function] == ["double_rows"]
    x, y = trace.arrays
    assert (x.name, x.shape, x.strides, x.dtype, x.item_bytes) == ("x_ptr", [2, 3], [3, 1], "float32", 4)
    assert [trace.values[array.value].elements for array in (x, y)] == [[0, 1, 2, 3, 4, 5], [0] * 6]  # type: ignore[index, union-attr]
    assert (trace.programs.launch, trace.programs.x) == ([0, 0], [0, 1])
    rows = trace.accesses
    assert (rows.kind, rows.array) == ([schema.ACCESS_LOAD, schema.ACCESS_STORE] * 2, [0, 1] * 2)
    boxes = [trace.regions[region] for region in rows.region]
    assert boxes == [[0, 1, 1, 0, 3, 1]] * 2 + [[1, 2, 1, 0, 3, 1]] * 2
    assert (rows.elements, rows.masked, rows.distinct, rows.beyond) == ([3] * 4, [1] * 4, [3] * 4, [0] * 4)


def damaged(change: Callable[[dict[str, Any]], None]) -> str:
    document = json.loads((GOLDEN / "v6.json").read_bytes())
    change(document)
    upgrade(document)
    return next(faults(msgspec.convert(document, schema.Trace)), "")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda trace: None, ""),
        (lambda trace: trace["launches"].update(function=[999]), "launches.function holds 999"),
        (lambda trace: trace["programs"].update(launch=[0, 1]), "programs.launch holds 1"),
        (lambda trace: trace["programs"].update(x=[0]), "the columns of programs differ in length"),
        (lambda trace: trace["accesses"].update(array=[0, 1, 0, 2]), "accesses.array holds 2"),
        (lambda trace: trace["accesses"].update(region=[0, 0, 1, 2]), "accesses.region holds 2"),
        (lambda trace: trace["accesses"].update(kind=[0, 1, 0, 3]), "accesses.kind holds 3"),
        (lambda trace: trace["accesses"].update(array=[-1, 1, 0, 1]), "region 0 is none of array -1"),
        (lambda trace: trace["regions"].__setitem__(1, [1, 3, 1, 0, 3, 1]), "region 1 is none of array"),
        (lambda trace: trace["regions"].__setitem__(1, [0, 3, 1]), "region 1 is none of array"),
        (lambda trace: trace["regions"].__setitem__(1, [0, 1, 0, 0, 3, 1]), "region 1 is none of array"),
        (lambda trace: trace["arrays"][0].update(shape=[2, -1]), "array 0 has no sound shape"),
        (lambda trace: trace["arrays"][0].update(strides=[1]), "array 0 has no sound shape"),
        (lambda trace: trace["arrays"][1].update(launch=1), "arrays.launch holds 1"),
        (lambda trace: trace["arrays"][1].update(value=9999), "arrays.value holds 9999"),
    ],
)
def test_what_kernels_did_is_checked(change: Callable[[dict[str, Any]], None], fault: str) -> None:
    assert damaged(change).startswith(fault)
    assert bool(damaged(change)) == bool(fault)


def test_what_is_new_in_version_6() -> None:
    """Ranks, and what they said to each other: a trace of its own, of four of them."""
    before, trace = read_trace(GOLDEN / "v5.json"), read_trace(GOLDEN / "ranks" / "v6.json")
    assert (before.ranks, before.groups, before.collectives.step) == ([], [], [])
    assert [(rank.rank, rank.launch, rank.outcome.status) for rank in trace.ranks] == [
        (rank, 0, "finished") for rank in range(4)
    ]
    assert trace.tracks.rank == [-1, 0, 1, 2, 3]
    rows = trace.collectives
    rank_of = [trace.tracks.rank[trace.calls.track[trace.steps.call[step]]] for step in rows.step]
    parts: dict[tuple[int, int], list[int]] = {}
    for group, sequence, rank in zip(rows.group, rows.sequence, rank_of, strict=True):
        parts.setdefault((group, sequence), []).append(rank)
    for (group, _), ranks in parts.items():
        assert sorted(ranks) == sorted(trace.groups[group])
    names = [trace.strings[name] for name in rows.name]
    sent = {(rank, peer) for name, rank, peer in zip(names, rank_of, rows.peer, strict=True) if name == "send"}
    assert sent == {(0, 1), (1, 2), (2, 3), (3, 0)}
    begun = [row for row, asynchronous in enumerate(rows.asynchronous) if asynchronous]
    assert len(begun) == 24
    for row in begun:
        waited = rows.waited_step[row]
        assert waited > rows.step[row]
        assert trace.tracks.rank[trace.calls.track[trace.steps.call[waited]]] == rank_of[row]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda trace: None, ""),
        (lambda trace: trace["ranks"][1].update(rank=-1), "rank 1 has no sound numbers"),
        (lambda trace: trace["ranks"][0].update(clock_error=-2), "rank 0 has no sound numbers"),
        (lambda trace: trace["ranks"][2]["outcome"].update(failure=0), "ranks.outcome.failure holds 0"),
        (lambda trace: trace["groups"].__setitem__(0, []), "group 0 is none of ranks"),
        (lambda trace: trace["groups"].__setitem__(1, [0, -1]), "group 1 is none of ranks"),
        (lambda trace: trace["collectives"]["group"].__setitem__(0, 6), "collectives.group holds 6"),
        (lambda trace: trace["collectives"]["waited_step"].__setitem__(0, 372), "collectives.waited_step holds 372"),
        (lambda trace: trace["collectives"]["asynchronous"].__setitem__(0, 2), "collectives.asynchronous holds 2"),
    ],
)
def test_what_ranks_said_is_checked(change: Callable[[dict[str, Any]], None], fault: str) -> None:
    document = json.loads((GOLDEN / "ranks" / "v6.json").read_bytes())
    change(document)
    found = next(faults(msgspec.convert(document, schema.Trace)), "")
    assert found.startswith(fault)
    assert bool(found) == bool(fault)
