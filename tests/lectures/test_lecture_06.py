"""Lecture 6, run as people run it: kernels stepped into, what they move as predicted, and figures that were kept."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from math import exp, prod

import pytest

from tests.lectures.course import title
from tests.lectures.records import PROJECT, Record, recorded

pytest.importorskip("triton")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded("lecture_06", tmp_path_factory.mktemp("traces"))


def test_it_shows_what_a_lecture_should(record: Record) -> None:
    assert record.trace["summary"]["title"] == f"Lecture 6: {title('lecture_06')}"
    assert record.trace["notices"] == []
    assert len(record.of_kind("plot")) + len(record.of_kind("image")) >= 10
    assert len(record.of_kind("quiz")) >= 8
    assert not record.of_kind("placeholder")
    assert 600 <= record.trace["summary"]["steps"] <= 1500


def test_bytes_and_flops_were_predicted_to_the_last(record: Record) -> None:
    expectations = record.of_kind("expectation")
    assert len(expectations) >= 7
    for expectation in expectations:
        for item in expectation["items"]:
            assert item["measured"] == item["expected"], expectation["label"]


def test_kernels_are_stepped_into_program_by_program(record: Record) -> None:
    trace = record.trace
    names = [trace["strings"][trace["functions"]["name"][row]] for row in trace["launches"]["function"]]
    sizes = zip(*(trace["launches"][axis] for axis in "xyz"), strict=True)
    grids = dict(zip(names, sizes, strict=True))
    assert grids["gelu_kernel"] == (3, 1, 1)
    assert grids["matmul_kernel"] == (3, 3, 1)
    assert grids["flash_attention_kernel"] == (4, 1, 1)
    assert len(trace["programs"]["call"]) == sum(prod(grid) for grid in grids.values())


def test_attention_under_a_causal_mask_ends_where_nothing_is_seen(record: Record) -> None:
    trace = record.trace
    launch = [trace["strings"][trace["functions"]["name"][row]] for row in trace["launches"]["function"]].index(
        "flash_attention_kernel"
    )
    calls = [
        call for call, of in zip(trace["programs"]["call"], trace["programs"]["launch"], strict=True) if of == launch
    ]
    at_scores = [row for row, line in enumerate(trace["statements"]["line"]) if line == line_of("scores = tl.where(")]
    turns = Counter(
        call
        for call, statement in zip(trace["steps"]["call"], trace["steps"]["statement"], strict=True)
        if statement in at_scores
    )
    assert [turns[call] for call in calls] == [1, 2, 3, 4]


def line_of(words: str) -> int:
    lines = (PROJECT / "lectures" / "lm" / "kernels" / "simple.py").read_text(encoding="utf-8").splitlines()
    (found,) = (number for number, line in enumerate(lines, start=1) if words in line)
    return found


def test_only_the_careless_kernel_leaves_its_arrays(record: Record) -> None:
    trace = record.trace
    accesses = trace["accesses"]
    assert [beyond for beyond in accesses["beyond"] if beyond] == [8, 8]  # read, and written
    assert record.values("damaged") == [8]


def test_the_running_maximum(record: Record) -> None:
    row = [1.0, 3.0, 2.0, 5.0, 4.0]
    exact = sum(exp(x - 5) for x in row)
    assert record.values("exact")[0] == pytest.approx(exact)
    assert record.values("wrong") == [5.0]
    assert record.values("lucky") == [pytest.approx(exact)]
    assert record.values("joined") == [(5.0, pytest.approx(exact))]


def test_tiles_and_their_order(record: Record) -> None:
    assert record.values("each_its_own") == [2 * 48 * 40 * 32]
    assert record.values("nothing_twice") == [48 * 32 + 32 * 40]
    assert record.values("row_blocks") == [90]
    assert record.values("group_blocks") == [54]


def test_what_compilers_made(record: Record) -> None:
    assert record.values("loads") == [{"a multiple of 16": 1, "any other": 4}]
    assert record.values("products") == [4]
    assert record.values("compiled") == [2]
    assert record.values("pieces") == [2]
    (fused,) = record.values("fused")[-1:]
    assert "online" in fused


def test_numbers_that_bite(record: Record) -> None:
    assert record.values("wide") == [1 / 4096]
    assert record.values("narrow") == [1 / 256]
    assert max(record.values("worst")) < 1e-4


def test_every_kept_number_says_what_it_was_measured_on(record: Record) -> None:
    assert record.words().count("measured") >= 8


def test_without_the_tracer_it_says_nothing() -> None:
    program = "from lectures import lecture_06 as it; it.the_running_maximum(); it.without_a_mask(); it.pitfalls()"
    run = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_without_triton_it_says_what_is_missing() -> None:
    program = "import sys; sys.modules['triton'] = None; import lectures.lecture_06"
    run = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "Triton is not installed" in run.stderr.splitlines()[-1]
