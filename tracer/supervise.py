"""A lecture in a process of its own, and whoever started it watching: what dies without a word still leaves a trace.

`os._exit`, a crash in native code, the system out of memory, a second Ctrl-C: the journal holds all that ran, and only the
parent process knows how it ended. Signals sent to the parent reach the lecture, and the lecture does not outlive it.
Imports little: this process waits while the lecture's imports torch.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.terminal import GONE, say

if TYPE_CHECKING:
    from tracer.format.schema import Outcome

__all__ = ["Ended", "outcome_of", "supervised"]

SI_KERNEL = 0x80
"""`si_code` of a signal that the terminal sent, to every process in the foreground; but only to one if it was closed."""
PR_SET_PDEATHSIG = 1
ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
PASSED_ON = (*ENDING, "SIGUSR1", "SIGUSR2")
"""What this process is sent is meant for the lecture: its end, or what a lecture listens for."""
PATIENCE = 3.0
"""Seconds that a lecture gets to end after it was told so for the second time."""
LINGERING = 15.0
"""Seconds that the processes which a lecture had started are waited for, once it has died."""
LONGEST_REPORT = 1 << 16
"""Bytes of what a lecture's process says of itself at its end."""
CRASHES = {
    "SIGSEGV": "it reached into memory that is not its own",
    "SIGBUS": "it reached into memory that is not there",
    "SIGABRT": "it aborted itself",
    "SIGFPE": "a forbidden calculation",
    "SIGILL": "an instruction that this processor does not know",
}


class Ended(NamedTuple):
    """What came of running a lecture: the exit status, and its trace, if there is one. `interrupted`: run no other one."""

    code: int
    trace: Path | None
    interrupted: bool = False


def supervised(run: Callable[[], Ended], name: str, output: Path, is_rank: bool = False) -> Ended:
    """Do `run` in a child process. If that dies before it could write the trace into `output`, write it here.

    In the child this does not return: it leaves by SystemExit. Where there is no such thing as a child, or another tool
    (a debugger, a coverage tool) watches this process, `run` is done here. `is_rank`: it is one of several that a launcher
    started. That one tells to end once, and does not wait for long.
    """
    if not (hasattr(os, "fork") and hasattr(signal, "sigtimedwait")) or _is_watched():
        return run()
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # or one of our files would take the number, and all that is printed
    watched = {number for each in (*PASSED_ON, "SIGCHLD") if (number := getattr(signal, each, None))}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    report = mmap.mmap(-1, LONGEST_REPORT)  # shared memory: no lecture can close it, as it could a pipe
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(*GONE):
                stream.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _end_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        try:
            ended = run()
        except MemoryError:  # the lecture's limit is not the watcher's, which can finish the journal
            raise SystemExit(1) from None
        report.write(json.dumps([ended.code, str(ended.trace or ""), ended.interrupted]).encode() + b"\n")
        raise SystemExit(ended.code)
    try:
        status = _wait(child, watched, is_rank)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    told = report.readline()
    if not told.endswith(b"\n"):
        return _complete(child, status, name, output)
    code, trace, interrupted = json.loads(told)
    by = os.waitstatus_to_exitcode(status)
    if by != code and not (
        is_rank and by == -signal.SIGTERM
    ):  # by what runs at Python's exit, when the trace was written
        code = _outcome(status).exit_code
        if os.WIFSIGNALED(status):
            say(f"{name}: after the lecture had ended: {_outcome(status).message}")
    return Ended(code, Path(trace) if trace else None, interrupted)


def _is_watched() -> bool:
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return True
    monitoring: Any = getattr(sys, "monitoring", None)
    return monitoring is not None and any(monitoring.get_tool(tool) is not None for tool in range(6))


def _end_with(parent: int) -> None:
    """Have the system send this process SIGTERM when `parent` is gone, however that came about."""
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _wait(child: int, watched: set[signal.Signals], once: bool) -> int:
    """The wait status of `child`; until then, what this process is told is passed on to it.

    What heeds nothing, told twice (or `once`), is killed: by the signal that it was told by, as far as the status says.
    """
    first = last = 0.0
    by = unheeded = 0
    while True:
        told: Any = signal.sigtimedwait(watched, 1.0)
        # After Ctrl-Z and `fg`, it may have waited for something that is no signal at all.
        if told is not None and told.si_signo in watched and told.si_signo != signal.SIGCHLD:
            if told.si_code != SI_KERNEL or told.si_signo == signal.SIGHUP:
                os.kill(child, told.si_signo)
            if signal.Signals(told.si_signo).name in ENDING:
                first, last = first or time.monotonic(), time.monotonic()
                by = told.si_signo
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return unheeded or status
        if (last - first > 0.3 or (once and first)) and time.monotonic() - last > PATIENCE:  # deep in native code
            unheeded = by
            os.kill(child, signal.SIGKILL)


def _complete(child: int, status: int, name: str, output: Path) -> Ended:
    """Make the trace of a run that died, and say how it ended."""
    outcome = _outcome(status)
    interrupted = outcome.status == "interrupted"
    from tracer.format.orphans import NothingRecorded, finish
    from tracer.format.runs import end_journal, finish_if_last, opening_of

    try:
        journals = [
            path
            for path in output.glob(f"*.{child}[-.]*journal")
            if opening_of(path).host in (None, socket.gethostname())
        ]
        if not journals:
            raise NothingRecorded
        # A process of the same number may have left another, long ago.
        journal = max(journals, key=lambda path: path.stat().st_mtime)
        opening = opening_of(journal)
        if opening.members:
            say(f"{name}: rank {opening.rank}: {outcome.message}")
            end_journal(journal, outcome)
            whole = finish_if_last(journal)
            if whole is None:
                return Ended(outcome.exit_code, None, interrupted)
            path = whole
        else:
            path = finish(journal, outcome, LINGERING)  # with the ranks that it had started, which end now, too
        trace = json.loads(path.read_bytes())
    except NothingRecorded:
        say(f"{name}: {outcome.message} Nothing was recorded.")
        return Ended(outcome.exit_code, None, interrupted)
    except (OSError, ValueError) as problem:
        say(f"{name}: {outcome.message} Its trace could not be written: {problem}")
        return Ended(outcome.exit_code or 1, None, interrupted)
    ended = trace["summary"]["outcome"]
    say(
        f"{path.stem}: {' '.join(filter(None, [ended['status'] + ';', ended.get('message'), _place(trace)]))}\n"
        f"{path.stem}: its trace holds the {trace['summary']['steps']:,} steps until then: {path}"
    )
    return Ended(outcome.exit_code if opening.members else ended.get("exit_code", 0), path, interrupted)


def _outcome(status: int) -> Outcome:
    return outcome_of(os.waitstatus_to_exitcode(status))


def outcome_of(code: int) -> Outcome:
    """How a process ended that did not say so itself, by its exit status; by that of a signal if it is negative."""
    from tracer.format.schema import Outcome

    if code == 0:
        return Outcome(status="finished", message="The lecture ended its process itself, as os._exit() does.")
    if code > 0:
        return Outcome(status="failed", message=f"The process was ended with exit status {code}.", exit_code=code)
    name = signal.Signals(-code).name
    if name in ("SIGINT", "SIGTERM", "SIGHUP"):
        return Outcome(status="interrupted", message=f"Interrupted by {name}, at once.", exit_code=128 - code)
    if name == "SIGKILL":
        message = "The process was killed (SIGKILL): by somebody, or by the system because memory ran out."
    elif name in CRASHES:
        message = f"The process crashed in native code ({name}: {CRASHES[name]})."
    else:
        message = f"The process was ended by {name}."
    return Outcome(status="lost", message=message, exit_code=128 - code)


def _place(trace: dict[str, Any]) -> str:
    """Where the last step stands that had begun."""
    if not trace["steps"]["statement"]:
        return ""
    statement = trace["steps"]["statement"][-1]
    file = trace["files"][trace["statements"]["file"][statement]]
    return f"Its last step was {file['path']}:{trace['statements']['line'][statement]}."
