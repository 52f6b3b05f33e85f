"""Lectures that run, or do not: what comes back, and what is said of it."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from tests.cluster.lab import Lab, until
from tests.cluster.project import ONE_SUM, WAITS, Project


def test_a_lecture_comes_back_as_if_it_had_run_here(project: Project) -> None:
    project.lecture(ONE_SUM)
    done = project.run("talk")
    assert "the total is 10" in done.out
    assert "talk: submitted as job" in done.err
    assert "talk: completed" in done.err
    assert "var/traces/talk.json" in done.err
    trace = project.trace()
    assert trace.summary.outcome.status == "finished"


def test_a_lecture_that_raises(project: Project) -> None:
    project.lecture(
        """
        def main():
            numbers = [1, 2]
            print("so far")
            numbers[2]
        """
    )
    done = project.run("talk", status=1)
    assert "so far" in done.out
    assert "IndexError" in done.out + done.err
    assert "talk: failed" in done.err
    outcome = project.trace().summary.outcome
    assert (outcome.status, outcome.exit_code) == ("failed", 1)


def test_a_module_that_the_cluster_does_not_have(project: Project) -> None:
    """Its journal has come over meanwhile; nothing had run, and that is no trace."""
    project.lecture("import time\ntime.sleep(5)\nimport nowhere_to_be_found\ndef main():\n    pass\n")
    done = project.run("talk", status=1)
    assert "nowhere_to_be_found" in done.out + done.err
    assert "watch it grow" not in done.err
    assert project.no_trace()
    verdict = next(line for line in done.err.splitlines() if line.startswith("talk: failed"))
    assert "its log ends: " in verdict
    assert "pip install nowhere_to_be_found" in verdict


def test_of_two_lectures_one_fails(project: Project) -> None:
    project.lecture(ONE_SUM, "good")
    project.lecture("def main():\n    1 / 0\n", "bad")
    done = project.run("bad", "good", status=1)
    assert "bad: failed" in done.err
    assert "good: completed" in done.err
    assert "good | the total is 10" in done.out
    assert project.trace("good").summary.outcome.status == "finished"
    assert project.trace("bad").summary.outcome.status == "failed"


def test_two_runs_of_one_lecture_at_once(project: Project) -> None:
    """Each has a snapshot of its own, and neither trace lies over the other."""
    project.lecture(WAITS)
    first = project.start("talk")
    project.begun()
    project.lecture(WAITS.replace("gone on", "gone on, and changed"))
    second = project.start("talk")
    second.until("ready")
    project.go()
    assert "gone on\n" in project.ended(first).out
    assert "gone on, and changed\n" in project.ended(second).out
    assert len(project.runs()) == 2
    traces = sorted(path.name for path in (project.folder / "var/traces").glob("*.json"))
    assert len(traces) == 2, traces


def test_the_sources_of_a_run_are_those_of_its_submission(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    lab.run("scontrol", "update", "PartitionName=batch", "State=DOWN")
    try:
        waiting = project.start("talk")
        waiting.until("talk: waiting")
        project.lecture(ONE_SUM.replace("the total is", "something else is"))
    finally:
        lab.run("scontrol", "update", "PartitionName=batch", "State=UP")
    assert "the total is 10" in project.ended(waiting).out


def test_a_trace_made_here_in_the_meantime_stays(project: Project) -> None:
    project.lecture(WAITS)
    running = project.start("talk")
    project.begun()
    mine = project.folder / "var/traces/talk.json"
    mine.parent.mkdir(parents=True, exist_ok=True)
    until(lambda: mine.exists(), "the partial trace")
    mine.write_text("mine")
    project.go()
    done = project.ended(running)
    assert mine.read_text() == "mine"
    others = [path.stem for path in mine.parent.glob("talk.*.json")]
    assert len(others) == 1
    assert others[0] in done.err
    assert project.trace(others[0]).summary.outcome.status == "finished"


def test_the_trace_grows_here_while_the_lecture_runs(project: Project) -> None:
    project.lecture(WAITS)
    running = project.start("talk")
    running.until("ready")
    until(lambda: not project.no_trace() and project.trace().summary.steps > 0, "a partial trace")
    before = project.trace().summary.steps
    until(lambda: project.trace().summary.steps > before, "more of it")
    project.go()
    project.ended(running)
    assert project.trace().summary.outcome.status == "finished"


def test_detached_by_ctrl_c_and_attached_from_another_shell(project: Project) -> None:
    project.lecture(WAITS)
    first = project.start("talk")
    first.until("ready")
    first.signal(signal.SIGINT)
    project.ended(first, 130)
    job = project.job()
    assert f"Job {job} goes on" in first.err
    assert "attach" in first.err
    assert "cancel" in first.err
    project.go()
    second = project.run("attach")
    assert (first.out + second.out).count("ready\n") == 1
    assert "gone on" in second.out
    assert "talk: completed" in second.err
    assert project.trace().summary.outcome.status == "finished"
    again = project.run("attach")
    assert "talk: completed" in again.err


def test_two_shells_do_not_follow_one_run(project: Project) -> None:
    project.lecture(WAITS)
    first = project.start("talk")
    first.until("ready")
    second = project.run("attach", "talk", status=2)
    assert "follows" in second.err
    assert "logs" in second.err
    project.go()
    project.ended(first)


def test_a_long_log_comes_whole(project: Project) -> None:
    project.lecture(
        """
        import sys
        def main():
            sys.stdout.write("".join(f"{number} μ {'-' * (number % 90)}\\n" for number in range(100_000)))
            sys.stdout.buffer.write(b"no text: \\xff\\xfe\\n")
        """
    )
    done = project.run("talk")
    lines = [line for line in done.out.splitlines() if line.endswith("-") or line.endswith("μ ")]
    assert [int(line.split()[0]) for line in lines] == list(range(100_000))
    here = next((project.folder / "var/cluster").glob("talk-*/job.log"))
    assert here.read_bytes() == (project.runs()[-1] / "job.log").read_bytes()
    assert b"\xff\xfe" in here.read_bytes()


@pytest.mark.parametrize("name", ["it's a täst", "two words", "-dash", "semi;colon & $HOME"])
def test_names_that_a_shell_could_take_for_something_else(project: Project, name: str) -> None:
    project.lecture(ONE_SUM, name)
    done = project.run(f"lectures/{name}.py")
    assert "the total is 10" in done.out
    assert project.trace(name).summary.outcome.status == "finished"


def test_a_second_ctrl_c_cancels(project: Project, lab: Lab) -> None:
    project.lecture(WAITS)
    running = project.start("talk")
    running.until("ready")
    running.signal(signal.SIGINT)
    running.until("Detached")
    running.signal(signal.SIGINT)
    project.ended(running, 143)
    until(lab.at_rest, "the end of the job")
    assert project.trace().summary.outcome.status != "finished"


def test_cancelled_while_it_waits(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    lab.run("scontrol", "update", "PartitionName=batch", "State=DOWN")
    try:
        waiting = project.start("talk")
        waiting.until("talk: waiting")
        project.run("cancel", "talk")
        project.ended(waiting, 143)
    finally:
        lab.run("scontrol", "update", "PartitionName=batch", "State=UP")
    assert "talk: was cancelled; it left neither trace nor log" in waiting.err
    assert project.no_trace()


def test_cancelled_while_it_runs(project: Project) -> None:
    project.lecture(WAITS)
    running = project.start("talk")
    running.until("ready")
    project.run("cancel", "talk")
    project.ended(running, 143)
    assert "talk: was cancelled" in running.err
    assert project.trace().summary.outcome.status == "interrupted"


def test_what_is_asked_beside_a_run(project: Project) -> None:
    """submit, status, list, logs, fetch and clean, each on its own."""
    project.lecture(WAITS)
    run = project.run("submit", "talk").out.strip()
    project.begun()
    assert "running" in project.run("status").out
    assert run in project.run("list").out
    assert "ready" in project.run("logs").out
    project.run("fetch")
    assert project.trace().summary.steps > 0
    project.go()
    project.run("attach")
    assert "completed" in project.run("status").out
    assert "gone on" in project.run("logs", "talk").out
    project.run("clean", "--keep", "0", "--yes")
    assert project.runs() == []
    assert run not in project.run("list").out
    assert project.trace().summary.outcome.status == "finished"


def test_a_dry_run_does_nothing(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    before = lab.jobs()
    told = project.run("talk", "--dry-run")
    assert "#SBATCH --partition=batch" in told.out + told.err
    assert "lectures/talk.py" in told.out + told.err
    assert lab.jobs() == before
    assert project.runs() == []


def test_the_same_job_on_this_machine(project: Project) -> None:
    project.lecture(ONE_SUM)
    done = project.run("talk", "--local")
    assert "the total is 10" in done.out
    assert project.trace().summary.outcome.status == "finished"


@pytest.mark.parametrize("startup", ["echo Welcome to the cluster", "echo Mind the quota >&2"])
def test_a_shell_that_greets(project: Project, startup: str) -> None:
    project.lecture(ONE_SUM)
    (project.lab.disk / ".bashrc").write_text(startup + "\n")
    started = project.start("talk")
    if started.end():
        assert ".bashrc" in started.err
        assert "prints something" in started.err
        assert project.no_trace()
    else:
        assert project.trace().summary.outcome.status == "finished"


def test_the_doctor_finds_all_well(project: Project) -> None:
    told = project.run("doctor")
    for checked in ("ssh to login", "rsync on login", "00:05:00 of at most 1:00:00", "all is well"):
        assert checked in told.out + told.err


def test_settings_are_all_known(project: Project) -> None:
    project.lecture(ONE_SUM)
    project.settings["sbatch"]["partiton"] = project.settings["sbatch"].pop("partition")
    told = project.run("talk", status=2)
    assert "partiton" in told.err
    assert "partition" in told.err
    assert "Did you mean" in told.err or "did you mean" in told.err


def test_a_settings_file_is_needed(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    started = lab.start("./remote_execute.sh", "talk", folder=project.folder, PYTHON=sys.executable)
    assert started.end() == 2
    assert "clusters.example.yaml" in started.err


def test_the_worst_exit_status_counts(project: Project) -> None:
    project.lecture("import sys\ndef main():\n    sys.exit(7)\n", "seven")
    project.lecture(ONE_SUM, "good")
    project.run("seven", "good", status=7)
    assert json.loads((project.folder / "var/traces/seven.json").read_text())["summary"]["outcome"]["exit_code"] == 7
