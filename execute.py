"""The front door: run lectures under the tracer and say where to look.

python execute.py -m lecture_01 [lecture_02 …]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    options = _parse(arguments)
    from tracer.run import LectureProblem, Options, run_lecture, seconds_text

    code = 0
    traces: list[Path] = []
    for typed in options.module:
        try:
            if not options.quiet:
                print(f"Running {typed} …", file=sys.stderr)
            result = run_lecture(
                typed,
                PROJECT,
                Options(
                    output=Path(options.output_path),
                    inspect_all=options.inspect_all_variables,
                    max_steps=options.max_steps,
                    quiet=options.quiet,
                    arguments=tuple(arguments),
                ),
            )
        except LectureProblem as problem:
            print(problem, file=sys.stderr)
            code = code or 1
            continue
        except KeyboardInterrupt:
            print(f"Interrupted while importing {typed}; nothing was recorded.", file=sys.stderr)
            return 130
        traces.append(result.path)
        for path, notice in result.notices:
            print(f"warning: {path}:{notice.line}: {notice.message}", file=sys.stderr)
        if result.failure:
            print(result.failure, file=sys.stderr)
        if not options.quiet or result.outcome.exit_code:
            ending = result.outcome.status + (f" ({result.outcome.message})" if result.outcome.message else "")
            print(
                f"{result.path.stem}: {ending}; {result.steps:,} steps in {seconds_text(result.seconds)}; "
                f"{_shown(result.path)}, {_size(result.path.stat().st_size)}",
                file=sys.stderr,
            )
        code = code or result.outcome.exit_code
        if result.outcome.status == "interrupted":
            break
    if traces and options.serve:
        from tracer.server import serve

        serve(Path(options.output_path), port=options.port, open_path=f"/?trace={_address(traces[-1])}")
    elif traces and not options.quiet:
        print(f"Look at it: python -m tracer serve {traces[-1].stem}", file=sys.stderr)
    return code


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
    parser.add_argument("-o", "--output_path", "--output-path", default=str(PROJECT / "var/traces"), metavar="FOLDER")
    parser.add_argument(
        "-I", "--inspect-all-variables", action="store_true", help="record every variable, not only those of @inspect"
    )
    parser.add_argument(
        "--max-steps", type=_positive, metavar="N", help="stop a lecture after N steps; its trace is kept"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing but what went wrong")
    parser.add_argument("--serve", action="store_true", help="then serve the viewer, until Ctrl-C")
    parser.add_argument("--port", type=int, default=8000, help="for --serve (default: 8000)")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _address(path: Path) -> str:
    return f"var/traces/{path.name}"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
