"""`python -m tracer`: show recorded lectures, judge a trace, finish a journal, measure this machine.

python -m tracer serve [NAME]     shows the traces in the browser
python -m tracer check FILE …     says whether a file is a whole and sound trace
python -m tracer convert FILE     makes a trace of this version out of an older or a foreign one
python -m tracer compact JOURNAL  makes the trace of a run that died before it could
python -m tracer machine          says what this machine can do at most, beside others
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path
from urllib.parse import quote

VAR = Path(__file__).resolve().parents[1] / "var"
TRACES = VAR / "traces"


def main() -> int:
    """Run the command that the arguments name. Returns the exit status: 1 if what it was asked for is not so."""
    parser = argparse.ArgumentParser(prog="python -m tracer", description="Show, judge and finish recorded lectures.")
    commands = parser.add_subparsers(required=True, dest="command")

    server = commands.add_parser("serve", help="show the traces in the browser")
    server.add_argument("name", nargs="?", help="the trace to open, such as lecture_01 (default: the list of them)")
    server.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    server.add_argument(
        "--port", type=port, default=8000, help="port to listen on (default: %(default)s; 0: a free one)"
    )
    server.add_argument("--traces", type=Path, default=TRACES, help="folder of the traces (default: var/traces)")
    server.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        help="open a browser, or not (default: when at a desktop)",
    )
    server.add_argument(
        "--allow-origin",
        type=origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let the viewer open traces of another address, such as https://example.org (may be given several times)",
    )
    server.set_defaults(run=run_serve)

    checker = commands.add_parser("check", help="say whether a file is a whole and sound trace")
    checker.add_argument("files", nargs="+", type=Path, metavar="FILE")
    checker.set_defaults(run=run_check)

    converter = commands.add_parser(
        "convert",
        help="make a trace of this version out of an older one, or one of edtrace",
        description="Make a trace of this version out of an older one, or out of one that edtrace or the engine before it "
        "recorded. The viewer opens those as they are, too; converted they can be checked, compared and published.",
    )
    converter.add_argument("file", type=Path, metavar="FILE")
    converter.add_argument(
        "-o", "--output", type=Path, metavar="NEW", help="where to write it (default: var/traces, under the same name)"
    )
    converter.set_defaults(run=run_convert)

    finisher = commands.add_parser("compact", help="make the trace of a run that died before it could")
    finisher.add_argument("journal", type=Path, metavar="JOURNAL")
    finisher.set_defaults(run=run_compact)

    machine = commands.add_parser(
        "machine",
        help="say what this machine can do at most: FLOP/s by dtype, bytes per second",
        description="Say what this machine can do at most, beside published machines. Measured once and kept in var/cache; "
        "a run that counts costs keeps the figures in its trace, for the roofline.",
    )
    machine.add_argument("--again", action="store_true", help="measure again, for instance when the machine was busy")
    machine.set_defaults(run=run_machine)

    arguments = parser.parse_args()
    status: int = arguments.run(arguments)
    return status


def run_serve(arguments: argparse.Namespace) -> int:
    from tracer.format.orphans import finish_orphans
    from tracer.server import serve

    for sentence in finish_orphans(arguments.traces):
        print(sentence, file=sys.stderr)
    path = None
    if arguments.name is not None:
        name = Path(arguments.name).name.removesuffix(".json")
        if not (arguments.traces / f"{name}.json").is_file():
            return complain(no_trace(name, arguments.traces))
        path = f"/?trace=var/traces/{quote(name)}.json"
    serve(
        arguments.traces,
        host=arguments.host,
        port=arguments.port,
        open_path=path,
        open_browser=arguments.open,
        origins=arguments.allow_origin,
    )
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    from tracer.format.reader import TraceProblem, read_trace

    sound = True
    for file in arguments.files:
        try:
            summary = read_trace(file).summary
        except TraceProblem as problem:
            complain(str(problem))
            sound = False
        else:
            steps = f"{summary.steps:,} step{'s' * (summary.steps != 1)}"
            print(f"{file} is ok: {steps} in {summary.seconds:.2f} s, {summary.outcome.status}.")
    return 0 if sound else 1


def run_convert(arguments: argparse.Namespace) -> int:
    from tracer.format.convert import convert
    from tracer.format.reader import TraceProblem

    old: Path = arguments.file
    new: Path = arguments.output or TRACES / f"{old.name.removesuffix('.json')}.json"
    if arguments.output is None and new.exists():
        return complain(f"{new} is there already: say with -o where to write, or move it away.")
    try:
        if arguments.output is None:
            new.parent.mkdir(parents=True, exist_ok=True)
        summary = convert(old, new).summary
    except TraceProblem as problem:
        return complain(str(problem))
    except OSError as error:
        return complain(f"{new} cannot be written: {error.strerror or error}.")
    print(f"The trace is in {new}: {summary.steps:,} step{'s' * (summary.steps != 1)}.")
    return 0


def run_compact(arguments: argparse.Namespace) -> int:
    from tracer.format.orphans import finish

    try:
        trace = finish(arguments.journal)
    except OSError as error:
        return complain(f"{error.filename or arguments.journal}: {error.strerror}.")
    except ValueError as problem:  # what is wrong, as a sentence
        return complain(str(problem))
    print(f"The trace is in {trace}.")
    return 0


def run_machine(arguments: argparse.Namespace) -> int:
    from tracer.costs.machines import MachinesProblem, comparison, published, this_machine

    try:
        here = this_machine(VAR / "cache", again=arguments.again, touch_gpu=True)
    except (RuntimeError, MemoryError) as error:
        return complain(
            f"This machine could not be measured: {str(error).splitlines()[0] if str(error) else 'no memory'}"
        )
    if not here:
        return complain(
            "Measuring needs torch, which is not installed here: python -m pip install -r requirements.txt."
        )
    try:
        others = published()
    except MachinesProblem as problem:
        complain(str(problem))
        others = []
    print(comparison([*here, *others]))
    return 0


def no_trace(name: str, folder: Path) -> str:
    """The sentence for a trace that does not exist, with what there is."""
    if folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    there = sorted(path.stem for path in folder.glob("[!.]*.json"))
    if not there:
        return f"There is no trace in {folder} yet: make one with `python execute.py -m {name}`."
    near = difflib.get_close_matches(name, there, n=3, cutoff=0.5) or there[:10]
    return f"There is no trace {name} in {folder}; there is {', '.join(near)}."


def port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 0 to 65535")


def origin(text: str) -> str:
    from tracer.server.origins import origin

    try:
        return origin(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
