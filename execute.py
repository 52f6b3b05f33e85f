"""The front door: run lectures under the tracer and say where to look.

python execute.py -m lecture_01 [lecture_02 …]
"""

from __future__ import annotations

import argparse
import functools
import os
import shlex
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from tracer.ranks.place import Place
    from tracer.supervise import Ended

PROJECT = Path(__file__).resolve().parent
TRACES = PROJECT / "var/traces"


def main(arguments: list[str], supervise: bool = False) -> int:
    """Do what the arguments ask for. With `supervise`, each lecture runs in a process of its own, which ends by SystemExit."""
    try:
        return _run(_parse(arguments), arguments, supervise)
    except KeyboardInterrupt:
        from tracer.terminal import say

        say("Interrupted.")
        return 130


def _run(options: argparse.Namespace, arguments: list[str], supervise: bool) -> int:
    """Run every lecture, each from the folder that the person stands in; the first exit status that is not 0."""
    from tracer.ranks.place import place_of_this_process, set_rank_environment
    from tracer.supervise import supervised
    from tracer.terminal import say

    here = _here()
    output = here / options.output_path if here else Path(options.output_path)
    set_rank_environment()
    places = [place_of_this_process(typed) for typed in options.module]
    _finish_killed_runs(output, {place.run for place in places})
    code = 0
    traces: list[Path] = []
    for typed, place in zip(options.module, places, strict=True):
        if here:
            with suppress(OSError):  # where it runs in this process, a lecture may have taken it away
                os.chdir(here)
        starts_ranks = options.ranks and place.rank < 0
        if not (options.quiet or starts_ranks or place.rank > 0):
            say(f"Running {typed} …")
        run = functools.partial(_run_one, typed, output, options, arguments, here, place)
        if starts_ranks:
            ended = _run_ranks(typed, output, options)
        else:
            ended = supervised(run, typed, output, place.members > 0) if supervise else run()
        code = code or ended.code
        if ended.trace in traces:
            say(
                f"warning: two lectures are called {ended.trace.stem}, and {ended.trace.name} now holds the later one; "
                "run them apart, each with its own -o."
            )
        elif ended.trace:
            traces.append(ended.trace)
        if ended.interrupted:
            break
    if not traces or options.elsewhere:
        return code
    address = f"/?trace=var/traces/{quote(traces[-1].name)}"
    if options.serve:
        from tracer.server import serve

        serve(output, port=options.port, open_path=address)
    elif not options.quiet:
        say(f"Look at it: {_serve_command(traces[-1], here)}")
        say(f"   then at: http://127.0.0.1:{options.port or 8000}{address}")
    return code


def _run_one(
    typed: str, output: Path, options: argparse.Namespace, arguments: list[str], here: Path | None, place: Place
) -> Ended:
    """Run a lecture and tell the person what came of it. Of several ranks the last one to end tells of all."""
    from tracer.run import LectureProblem, Options, run_lecture, seconds_text
    from tracer.supervise import Ended
    from tracer.terminal import say

    who = f"rank {place.rank}: " if place.members else ""
    try:
        result = run_lecture(
            typed,
            PROJECT,
            Options(
                output=output,
                inspect_all=options.inspect_all_variables,
                max_steps=options.max_steps,
                max_seconds=options.max_seconds,
                max_visits=options.max_visits or None,
                costs=options.costs,
                quiet=options.quiet or place.rank > 0,
                arguments=tuple(arguments),
            ),
            place,
        )
    except LectureProblem as problem:
        say(f"{who}{problem}")
        return Ended(1, None)
    except KeyboardInterrupt:
        say(_interrupted(typed, output))
        return Ended(130, None, interrupted=True)
    for path, notice in result.notices if place.rank <= 0 else []:
        say(f"warning: {path}:{notice.line}: {notice.message}")
    if result.failure:
        say("\n".join(who + line for line in result.failure.split("\n")))
    interrupted = result.outcome.status == "interrupted"
    if result.whole is None:
        return Ended(result.outcome.exit_code, None, interrupted)
    whole = result.whole
    if not options.quiet or whole.exit_code:
        ending: str = whole.status
        if whole.message:
            ending = whole.message if whole.message.startswith(ending) else f"{ending} ({whole.message})"
        say(
            f"{result.path.stem}: {ending}; {result.steps:,} steps in {seconds_text(result.seconds)}; "
            f"{_shown(result.path, here)}, {_size(result.path.stat().st_size)}"
        )
    return Ended(result.outcome.exit_code, result.path, interrupted)


def _run_ranks(typed: str, output: Path, options: argparse.Namespace) -> Ended:
    """Run a lecture as several ranks, each by this program in a process of its own; they tell what there is to tell."""
    from tracer.find import LectureProblem, find_lecture
    from tracer.ranks.launch import launch
    from tracer.supervise import Ended
    from tracer.terminal import say

    try:
        trace = output / f"{find_lecture(typed, PROJECT).name}.json"
    except LectureProblem as problem:
        say(str(problem))
        return Ended(1, None)
    before = trace.stat().st_mtime_ns if trace.exists() else 0
    arguments = ["-m", typed, "-o", str(output), "--elsewhere", "--max-visits", str(options.max_visits)]
    for name in ("max_steps", "max_seconds"):
        if (limit := getattr(options, name)) is not None:
            arguments += [f"--{name.replace('_', '-')}", str(limit)]
    switches = {"-I": options.inspect_all_variables, "--costs": options.costs, "--quiet": options.quiet}
    arguments += [name for name, is_on in switches.items() if is_on]
    code = launch(options.ranks, PROJECT / "execute.py", arguments)
    _finish_killed_runs(output)
    made = trace.exists() and trace.stat().st_mtime_ns != before
    return Ended(code, trace if made else None, interrupted=code in (129, 130, 143))


def _finish_killed_runs(output: Path, but: Collection[str] = ()) -> None:
    """Make the traces that earlier runs could not: they were killed, and all that is left of them is their journal."""
    if any(output.glob("*.journal")):
        from tracer.format.orphans import finish_orphans
        from tracer.terminal import say

        for sentence in finish_orphans(output, but):
            say(sentence)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="execute.py", description="Run lectures under the tracer; each leaves a trace that the viewer shows."
    )
    parser.add_argument(
        "-m",
        "--module",
        nargs="+",
        required=True,
        metavar="LECTURE",
        help="lectures to run: lecture_01, or a path to one",
    )
    parser.add_argument("-o", "--output_path", "--output-path", default=str(TRACES), metavar="FOLDER")
    parser.add_argument(
        "-I", "--inspect-all-variables", action="store_true", help="record every variable, not only those of @inspect"
    )
    parser.add_argument(
        "--costs",
        action="store_true",
        help="count FLOPs, bytes moved and memory of all tensor operations, and charge them to their lines, backward work to "
        "the line of the forward pass (without this, only where the lecture asks: # @costs, with costs():)",
    )
    parser.add_argument(
        "--max-steps", type=_step_count, metavar="N", help="stop a lecture after N steps; its trace is kept"
    )
    parser.add_argument(
        "--max-seconds", type=_seconds, metavar="S", help="stop a lecture after S seconds; its trace is kept"
    )
    parser.add_argument(
        "--max-visits",
        type=_visit_count,
        default=100_000,
        metavar="N",
        help="record no more than N turns of one line, and count the rest (default: %(default)s; 0: record all)",
    )
    parser.add_argument(
        "--ranks",
        type=_rank_count,
        metavar="N",
        help="run N ranks of a lecture on this machine, as torchrun would; one trace holds them all",
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing but what went wrong")
    parser.add_argument(
        "--elsewhere",
        action="store_true",
        help="the traces will be looked at on another machine: do not say how to here",
    )
    parser.add_argument("--serve", action="store_true", help="then serve the viewer, until Ctrl-C")
    parser.add_argument("--port", type=_port, default=8000, help="for --serve (default: 8000; 0: a free one)")
    return parser.parse_args(arguments)


def _step_count(text: str) -> int:
    digits = text.replace("_", "").replace(",", "")
    if digits.isdecimal() and len(digits) < 19 and int(digits) > 0:
        return int(digits)
    raise argparse.ArgumentTypeError(f"it takes a whole number of 1 or more, not {text!r}")


def _rank_count(text: str) -> int:
    if text.isdecimal() and 0 < (ranks := int(text)) <= 1024:
        return ranks
    raise argparse.ArgumentTypeError(f"it takes a number of processes from 1 to 1024, not {text!r}")


def _visit_count(text: str) -> int:
    return 0 if text == "0" else _step_count(text)


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < (seconds := float(text)) < 1e9:
            return seconds
    raise argparse.ArgumentTypeError(f"it takes a number of seconds above 0, not {text!r}")


def _port(text: str) -> int:
    if text.isdecimal() and len(text) < 6 and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"it takes a number from 0 to 65535, not {text!r}")


def _interrupted(typed: str, output: Path) -> str:
    """What a Ctrl-C outside the lecture's own run cost: its journal is there until the trace is written."""
    for journal in output.glob(f"*.{os.getpid()}[-.]*journal"):
        return (
            f"Interrupted while writing the trace of {typed}; what was recorded is kept in {journal}: "
            f"finish it with `python -m tracer compact {shlex.quote(str(journal))}`."
        )
    return f"Interrupted while starting {typed}; nothing was recorded."


def _serve_command(trace: Path, here: Path | None) -> str:
    """The command that shows a trace, to be typed where the person stands."""
    command = f"python -m tracer serve {shlex.quote(trace.stem)}"
    if trace.parent != TRACES:
        command += f" --traces {shlex.quote(_shown(trace.parent, here) if here == PROJECT else str(trace.parent))}"
    return command if here == PROJECT else f"(cd {shlex.quote(str(PROJECT))} && {command})"


def _here() -> Path | None:
    """The folder the person stands in, or None: it may be gone."""
    try:
        return Path.cwd()
    except OSError:
        return None


def _shown(path: Path, here: Path | None) -> str:
    return str(path.relative_to(here)) if here and path.is_relative_to(here) else str(path)


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], supervise=True))
