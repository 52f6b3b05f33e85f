"""What a lecture times itself is neither counted nor looked at closely; what comes after is."""

from pathlib import Path

import pytest

from tests.tracer.recording import record
from tracer.format.schema import ROLE_WRITTEN

pytest.importorskip("torch")

TIMED = """
    import time
    import torch

    def main():
        x = torch.ones(4)  # @inspect x
        modes = timed(x)  # @inspect modes
        y = x + 1

    def timed(x):
        before = torch._C._len_torch_dispatch_stack()
        start = time.perf_counter()
        for _ in range(3):
            x.add_(1)
        inside = torch._C._len_torch_dispatch_stack()
        elapsed = time.perf_counter() - start
        after = torch._C._len_torch_dispatch_stack()
        assert elapsed
        return before, inside, after
"""


def test_no_mode_of_ours_is_there_while_a_lecture_measures_time(tmp_path: Path) -> None:
    recording = record(tmp_path, TIMED, costs=True)
    assert [value.items for value in recording.bound("modes")] == [[1, 0, 1]]  # type: ignore[attr-defined]
    trace = recording.trace
    lines = {trace.statements.line[trace.steps.statement[step]] for step in trace.operations.step}
    assert lines == {6, 8}
    assert [notice.line for notice in trace.notices] == [12]


def test_what_was_written_meanwhile_is_found_afterwards(tmp_path: Path) -> None:
    for costs in (False, True):
        trace = record(tmp_path, TIMED, costs=costs).trace
        rows = zip(trace.bindings.step, trace.bindings.name, trace.bindings.role, strict=True)
        found = [
            (trace.statements.line[trace.steps.statement[step]], trace.strings[name])
            for step, name, role in rows
            if role == ROLE_WRITTEN
        ]
        assert found == [(13, "x"), (7, "x")]  # where a statement is met for the first time, the way is long
