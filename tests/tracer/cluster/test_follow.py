"""What is said of a run that has not ended."""

from __future__ import annotations

import time

import pytest

from tracer.cluster.follow import in_words
from tracer.cluster.terminal import Logs, table
from tracer.cluster.verdict import ENDING, RUNNING, WAITING, Standing


def test_a_run_that_runs_says_where() -> None:
    assert in_words(Standing(RUNNING, "RUNNING", nodes="n[1-2]"), "campus") == "running on n[1-2]"
    assert in_words(Standing(RUNNING, "RUNNING", nodes="n1", restart=2), "campus") == "running on n1 (restart 2)"
    assert in_words(Standing(ENDING, "COMPLETING"), "campus") == ""


def test_a_run_that_waits_says_why_and_when() -> None:
    later = in_words(Standing(WAITING, "PENDING", "Resources", "2099-01-02T03:04:05"), "campus")
    assert later.startswith("waiting: the nodes that it needs are busy (Resources); ")
    assert "2099-01-02 03:04" in later
    today = time.strftime("%Y-%m-%dT23:59:00")
    assert "at 23:59" in in_words(Standing(WAITING, "PENDING", "Priority", today), "campus")
    assert in_words(Standing(WAITING, "PENDING", "None"), "campus") == ""  # nobody has looked at it yet


def test_a_run_that_would_wait_for_ever_says_what_to_change() -> None:
    words = in_words(Standing(WAITING, "PENDING", "PartitionTimeLimit"), "campus")
    assert "It will not start like this" in words
    assert "`sbatch.time`" in words
    assert "of campus in clusters.yaml" in words


def test_one_log_comes_as_it_is(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    logs = Logs(["talk"])
    logs.show("talk", b"a\nb\r\x1b[0m")
    logs.rest()
    assert capfdbinary.readouterr().out == b"a\nb\r\x1b[0m\n"  # what is said next begins a line


def test_of_several_logs_whole_lines_come_with_their_names(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    logs = Logs(["a", "talk"])
    logs.show("a", b"on")
    logs.show("talk", b"x\ny")
    logs.show("a", b"e\n")
    logs.end("talk")
    logs.end("a")
    assert capfdbinary.readouterr().out == b"talk | x\na    | one\ntalk | y\n"


def test_a_table_has_columns() -> None:
    assert table([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc  d"
    assert table([]) == ""
