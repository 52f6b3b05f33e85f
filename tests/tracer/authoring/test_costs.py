"""`costs` and `expect`, in lectures that run for real."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests.tracer.recording import Recording
from tracer import costs, expect
from tracer.format import schema

ROOT = Path(tracer.__file__).parents[1]
PRODUCT = 2 * 64 * 16 * 32
"""FLOPs of `a @ b` in the programs here."""

needs_torch = pytest.mark.usefixtures("_torch")


@pytest.fixture
def _torch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread, and little time for measuring the machine, whose figures nobody here looks at."""
    torch = pytest.importorskip("torch")
    from tracer.costs import peaks

    monkeypatch.setattr(peaks, "SIZES", {"cpu": (16,)})
    monkeypatch.setattr(peaks, "LARGEST_COPY", {"cpu": 1 << 16})
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    assert torch._C._len_torch_dispatch_stack() == 0


def lecture(body: str) -> str:
    lines = "\n".join("    " + line for line in body.strip("\n").splitlines())
    return f"""\
import time
import torch
from tracer import costs, expect

a, b = torch.ones(64, 32), torch.ones(32, 16)

def main():
{lines}
"""


def expectations(recording: Recording) -> list[schema.Expectation]:
    return [output for output in recording.shown() if isinstance(output, schema.Expectation)]


def measured(recording: Recording) -> list[float | int | None]:
    return [item.measured for output in expectations(recording) for item in output.items]


def counted_lines(recording: Recording) -> list[str]:
    """The source of the lines that operations were charged to."""
    trace = recording.trace
    lines = trace.files[trace.entry].text.splitlines()
    numbers = [trace.statements.line[trace.steps.statement[step]] for step in trace.operations.step]
    return [lines[number - 1].split("  #")[0].strip() for number in dict.fromkeys(numbers)]


def notices(recording: Recording) -> list[str]:
    return [notice.message for notice in recording.trace.notices]


# ------------------------------------------------------------------------------------------------------ the name


@pytest.mark.parametrize(
    "first",
    [
        "from tracer import costs",
        "import tracer.costs.machines",
        "from tracer.costs.machines import published",
        "from tracer.costs import machines",
        "import importlib; importlib.import_module('tracer.costs.machines')",
        "import tracer.costs",
        "import tracer.authoring.costs",
        "import tracer.run",
    ],
)
def test_the_name_is_the_functions_whatever_was_imported_first(first: str) -> None:
    program = (
        f"{first}\nfrom tracer import costs\nimport tracer.costs.machines\nimport tracer, sys, types\n"
        "assert type(costs) is types.FunctionType and costs is tracer.costs, costs\n"
        "with costs(): pass\n"
        "from tracer.costs import machines\n"
        "assert machines is sys.modules['tracer.costs.machines']\n"
        "assert 'torch' not in sys.modules and 'yaml' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, timeout=60)


def test_without_the_tracer_nothing_is_loaded_and_nothing_done() -> None:
    program = (
        "import sys\nfrom tracer import costs, expect\n"
        "with costs(), costs(False), expect(flops=3), expect(seconds=1, label='x'):\n    y = 1\n"
        "expect(bytes=10)\n"
        "print(y, [name for name in sys.modules if name.startswith(('torch', 'tracer.costs.', 'tracer.recorder'))])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], check=True, cwd=ROOT, timeout=60, capture_output=True, text=True
    )
    assert (run.stdout, run.stderr) == ("1 []\n", "")


# ------------------------------------------------------------------------------------------------- wrong arguments


@pytest.mark.usefixtures("either_way")
class TestArguments:
    @pytest.mark.parametrize("value", [3, 3.5, 0, True + 1, Fraction(7, 2), 10**30])
    def test_numbers(self, value: Any) -> None:
        with expect(flops=value):
            pass

    def test_numbers_of_numpy_and_torch(self) -> None:
        numpy = pytest.importorskip("numpy")
        with expect(flops=numpy.float32(3), bytes=numpy.array(4)):
            pass

    @pytest.mark.parametrize(
        ("given", "kind", "sentence"),
        [
            ({}, ValueError, "expect() takes at least one of flops=, bytes=, peak_bytes= and seconds=."),
            ({"flops": "3"}, TypeError, "expect() takes flops as a number, not a str."),
            ({"flops": 3j}, TypeError, "expect() takes flops as a number, not a complex."),
            ({"flops": True}, TypeError, "expect() takes flops as a number, not a bool."),
            ({"bytes": [3]}, TypeError, "expect() takes bytes as a number, not a list."),
            ({"bytes": -1}, ValueError, "expect() takes bytes as a number of 0 or more, not -1."),
            ({"peak_bytes": float("nan")}, ValueError, "expect() takes peak_bytes as a number of 0 or more, not nan."),
            ({"flops": float("inf")}, ValueError, "expect() takes flops as a number of 0 or more, not inf."),
            (
                {"flops": 10**400},
                ValueError,
                "expect() takes flops as a number that a float can hold, not one so large.",
            ),
            ({"flops": 1, "tolerance": "5%"}, TypeError, "expect() takes tolerance as a number, not a str."),
            ({"flops": 1, "tolerance": -1}, ValueError, "expect() takes tolerance as a number of 0 or more, not -1."),
            ({"flops": 1, "label": 3}, TypeError, "expect() takes its label as a string, not an int."),
            (
                {"flops": 1, "seconds": 1},
                ValueError,
                "expect() takes seconds= alone: counting slows what it counts. Write a second expect() for the rest.",
            ),
        ],
    )
    def test_wrong_ones(self, given: dict[str, Any], kind: type[Exception], sentence: str) -> None:
        with pytest.raises(kind) as caught:
            expect(**given)
        assert str(caught.value) == sentence

    def test_costs(self) -> None:
        with pytest.raises(TypeError, match=r"costs\(\) takes True \(count inside\) or False .*, not an int\."):
            costs(1)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------- expecting


@needs_torch
class TestExpecting:
    def test_a_block(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
with expect(flops={PRODUCT}, bytes=4 * (64 * 32 + 32 * 16 + 64 * 16), peak_bytes=4 * 64 * 16, label="a product"):
    c = a @ b
d = a @ b
"""
            )
        )
        (output,) = expectations(recording)
        assert output.label == "a product"
        assert output.reason == ""
        assert [(item.measure, item.measured) for item in output.items] == [
            ("flops", PRODUCT),
            ("bytes", 14336),
            ("peak_bytes", 4096),
        ]
        assert all(item.expected == item.measured for item in output.items)
        assert notices(recording) == []
        assert counted_lines(recording) == ["c = a @ b"]

    def test_forward_and_backward_and_what_is_called(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                """
def run():
    return model(a).sum()
model = torch.nn.Linear(32, 16, bias=False)
with expect(flops=0):
    pass
with expect(flops=2 * 2 * 64 * 32 * 16):
    loss = run()
    loss.backward()
"""
            )
        )
        assert measured(recording) == [0, 2 * PRODUCT]
        assert notices(recording) == []

    def test_a_miss_is_told_once_a_line(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
for _ in range(3):
    with expect(flops={PRODUCT // 2}, label="half"):
        a @ b
with expect(flops={PRODUCT} * 1.04):
    a @ b
with expect(flops={PRODUCT} * 1.1, tolerance=0.1):
    a @ b
with expect(flops={PRODUCT} * 1.1):
    a @ b
with expect(bytes=0):
    a @ b
"""
            )
        )
        assert measured(recording)[:6] == [PRODUCT] * 6
        told = notices(recording)
        assert told[0] == "expect() (half): 65,536 FLOPs were measured where 32,768 were expected, 2 times as many."
        assert told[1] == "expect(): 65,536 FLOPs were measured where 72,089.6 were expected, 0.909 times as many."
        assert told[2] == "expect(): 14,336 bytes were measured where 0 were expected."
        assert len(told) == 3

    def test_nested_and_again(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                """
outer = expect(flops=0, tolerance=9e9, label="outer")
with outer:
    a @ b
    with expect(flops=0, tolerance=9e9, label="inner"):
        a @ b
    with costs():
        a @ b
with outer:
    with outer:
        a @ b
"""
            )
        )
        found = [(output.label, output.items[0].measured) for output in expectations(recording)]
        assert found == [("inner", PRODUCT), ("outer", 3 * PRODUCT), ("outer", PRODUCT), ("outer", PRODUCT)]

    def test_an_exception_in_the_block(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
try:
    with expect(flops={PRODUCT}):
        a @ b
        raise KeyError("left")
except KeyError:
    c = a @ b
with expect(flops={PRODUCT}):
    a @ b
"""
            )
        )
        left, after = expectations(recording)
        assert left.items[0].measured is None
        assert left.reason == "KeyError ended it before it was done."
        assert after.items[0].measured == PRODUCT
        assert notices(recording) == []
        assert "c = a @ b" not in counted_lines(recording)

    def test_threads_count_each_their_own(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
import threading
def work(times):
    with expect(flops=times * {PRODUCT}, label=str(times)):
        for _ in range(times):
            a @ b
threads = [threading.Thread(target=work, args=(times,)) for times in (1, 2, 3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
            )
        )
        found = {output.label: output.items[0].measured for output in expectations(recording)}
        assert found == {"1": PRODUCT, "2": 2 * PRODUCT, "3": 3 * PRODUCT}
        assert notices(recording) == []

    def test_seconds(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                """
with costs():
    with expect(seconds=1e6, tolerance=1):
        a @ b
    with expect(seconds=0):
        c = a @ b
"""
            )
        )
        first, _ = measured(recording)
        assert first is not None
        assert first > 0
        assert counted_lines(recording) == []
        assert notices(recording) == ["expect(): it took longer or shorter than expected, by more than the tolerance."]

    def test_seconds_do_not_count_what_recording_takes(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                """
from tracer.recorder import active
with expect(seconds=1e6, tolerance=1):
    active().steps.exclude(10**15)
"""
            )
        )
        (seconds,) = measured(recording)
        assert seconds is not None
        assert seconds < 0

    def test_the_statement_before(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
def twice():
    a @ b
    return a @ b
c = a @ b  # @costs
expect(flops={PRODUCT}, bytes=14336, peak_bytes=4096)
d = twice()  # @costs
expect(flops=2 * {PRODUCT})
for _ in range(2):
    d = twice()  # @costs
    expect(flops={PRODUCT})
expect(seconds=1)
e = a @ b
expect(flops={PRODUCT})
x = 1
expect(flops=0)
"""
            )
        )
        first, second, *turns, timed, uncounted, other = expectations(recording)
        assert [item.measured for item in first.items] == [PRODUCT, 14336, 4096]
        assert second.items[0].measured == 2 * PRODUCT
        assert [turn.items[0].measured for turn in turns] == [2 * PRODUCT] * 2
        assert timed.reason == "Seconds are measured of a block: write `with expect(seconds=…):` around it."
        for output in (uncounted, other):
            assert output.items[0].measured is None
            assert output.reason.startswith("The statement before was not counted: put `# @costs` on it")
        lines = recording.trace.files[0].text.splitlines()
        shown_at = [
            lines[recording.trace.statements.line[recording.trace.steps.statement[step]] - 1].strip()[:7]
            for step in recording.trace.shown.step
        ]
        assert set(shown_at) == {"expect("}

    def test_the_statement_before_when_all_is_counted(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
model = torch.nn.Linear(32, 16, bias=False)
loss = model(a).sum()
expect(flops={PRODUCT})
loss.backward()
expect(flops={PRODUCT}, label="backward")
x = 1
expect(flops=0)
def inner():
    expect(flops=5)
inner()
"""
            ),
            costs=True,
        )
        *known, first_of_a_call = expectations(recording)
        assert [output.items[0].measured for output in known] == [PRODUCT, PRODUCT, 0]
        assert first_of_a_call.items[0].measured is None

    def test_in_a_stack_of_contexts(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
from contextlib import ExitStack
with ExitStack() as stack:
    stack.enter_context(expect(flops={PRODUCT}))
    a @ b
"""
            )
        )
        assert measured(recording) == [PRODUCT]

    def test_within_what_the_lecture_times(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                f"""
start = time.perf_counter()
with expect(flops={PRODUCT}):
    a @ b
print(time.perf_counter() - start)
with expect(flops={PRODUCT}):
    c = a @ b
    start = time.perf_counter()
    a @ b
    print(time.perf_counter() - start)
with costs():
    with costs(False):
        d = a @ b
    e = a @ b
"""
            )
        )
        for output in expectations(recording):
            assert output.items[0].measured is None
            assert output.reason == "Some of it measures time, and was not counted."
        assert counted_lines(recording) == ["c = a @ b", "e = a @ b"]
        assert set(notices(recording)) == {"This is timed by the lecture, so its costs are not counted."}

    def test_large_numbers_are_readable_json(self, record: Callable[..., Recording]) -> None:
        recording = record(lecture("with expect(flops=6 * 10**30, tolerance=1):\n    a @ b"))
        (output,) = expectations(recording)
        assert (output.items[0].expected, output.items[0].measured) == (6e30, PRODUCT)


def test_expecting_without_torch(record: Callable[..., Recording]) -> None:
    if "torch" in sys.modules:
        program = "import sys, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', sys.argv[1]]))"
        node = f"{Path(__file__)}::{test_expecting_without_torch.__name__}"
        subprocess.run([sys.executable, "-c", program, node], check=True, cwd=ROOT, timeout=120)
        return
    recording = record(
        """
        from tracer import costs, expect
        def main():
            with expect(flops=3), costs():
                x = 1
            y = x
            expect(flops=3)
        """,
        costs=True,
    )
    assert "torch" not in sys.modules
    assert [output.reason for output in expectations(recording)] == [
        "No tensor operation was counted: torch is not imported."
    ] * 2
    assert recording.trace.machines == []


# -------------------------------------------------------------------------------------------------------- counting


@needs_torch
class TestCounting:
    def test_only_where_asked(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                """
assert not torch._C._len_torch_dispatch_stack()
c = a @ b
with costs():
    d = a @ b
e = a @ b
f = a @ b  # @costs
assert not torch._C._len_torch_dispatch_stack()
"""
            )
        )
        assert counted_lines(recording) == ["d = a @ b", "f = a @ b"]
        assert [machine.measured for machine in recording.trace.machines] == [True, False, False, False, False]

    def test_nothing_where_nobody_asks(self, record: Callable[..., Recording]) -> None:
        recording = record(lecture("assert not torch._C._len_torch_dispatch_stack()\nc = a @ b"))
        assert recording.trace.operations.step == []
        assert recording.trace.memory.step == []
        assert recording.trace.machines == []

    def test_the_whole_run(self, record: Callable[..., Recording]) -> None:
        recording = record(
            lecture(
                """
c = a @ b
start = time.perf_counter()
d = a @ b
print(time.perf_counter() - start)
with costs(False):
    e = a @ b
f = c.relu()
"""
            ),
            costs=True,
        )
        assert counted_lines(recording) == ["c = a @ b", "f = c.relu()"]
        (notice,) = recording.trace.notices
        assert notice.message == "This is timed by the lecture, so its costs are not counted."
        assert recording.trace.files[0].text.splitlines()[notice.line - 1].strip() == "start = time.perf_counter()"

    def test_torch_may_be_imported_late(self, record: Callable[..., Recording], tmp_path: Path) -> None:
        (tmp_path / "late.py").write_text(
            "from tracer import costs, expect\ndef main():\n    import torch\n    a = torch.ones(4, 4)\n    c = a @ a\n"
            "    expect(flops=128)\n"
        )
        command = [sys.executable, str(ROOT / "execute.py"), "-m", "late.py", "-o", "out", "--costs", "--quiet"]
        subprocess.run(command, check=True, cwd=tmp_path, timeout=120)
        from tracer.format.reader import read_trace

        trace = read_trace(tmp_path / "out" / "late.json")
        (output,) = trace.outputs
        assert isinstance(output, schema.Expectation)
        assert output.items[0].measured == 128
        assert {trace.strings[name] for name in trace.operations.name} >= {"mm"}

    def test_a_lecture_that_fails_keeps_its_costs(self, record: Callable[..., Recording]) -> None:
        recording = record(lecture("c = a @ b\nwith costs():\n    d = a @ b\n    raise KeyError"), costs=True)
        assert recording.result.outcome.status == "failed"
        assert counted_lines(recording) == ["c = a @ b", "d = a @ b"]
        assert recording.trace.machines

    def test_the_lecture_computes_the_same(self, record: Callable[..., Recording], tmp_path: Path) -> None:
        source = lecture(
            """
torch.manual_seed(1)
model = torch.nn.Sequential(torch.nn.Linear(32, 16), torch.nn.Dropout(), torch.nn.Linear(16, 1))
optimizer = torch.optim.AdamW(model.parameters())
for turn in range(3):
    with expect(flops=turn, tolerance=9e9), costs():
        loss = model(torch.randn(8, 32)).square().mean()
        loss.backward()
    with expect(seconds=9, tolerance=1):
        optimizer.step()
    expect(flops=1, tolerance=9e9)
    print(loss.item().hex(), torch.rand(()).item().hex())
"""
        )
        recordings = [record(source, name=f"program{whole}", costs=bool(whole)).printed() for whole in range(2)]
        (tmp_path / "plain.py").write_text(source + "\nmain()\n")
        plain = subprocess.run(
            [sys.executable, "plain.py"],
            env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert len(plain.stdout.splitlines()) == 3
        assert recordings == [plain.stdout] * 2


def test_the_flag_is_explained() -> None:
    run = subprocess.run([sys.executable, "execute.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    words = " ".join(run.stdout.split())
    assert "--costs" in words
    assert "backward work to the line of the forward pass" in words
