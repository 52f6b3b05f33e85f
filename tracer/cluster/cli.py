"""The command line: which verb, which runs, which cluster. What they do is in `verbs.py`."""

from __future__ import annotations

import argparse
import difflib
import errno
import os
import sys
from pathlib import Path

from tracer.cluster.ending import NOT_FETCHED
from tracer.cluster.host import Lost, Unreachable
from tracer.cluster.project import Project
from tracer.cluster.runs import Followed, UnknownRun
from tracer.cluster.settings import SettingsProblem
from tracer.cluster.submit import Refused
from tracer.cluster.submitting import run
from tracer.cluster.sync import TransferProblem
from tracer.cluster.terminal import say
from tracer.cluster.verbs import attach, cancel, fetch_now, list_runs, logs, status
from tracer.find import LectureProblem

__all__ = ["main"]

PROJECT = Path(__file__).resolve().parents[2]
VERBS = ("run", "submit", "attach", "status", "logs", "fetch", "cancel", "list", "doctor", "clean")
USAGE, NO_CLUSTER, INTERRUPTED = 2, 3, 130


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for; the exit status."""
    arguments, passed_on = _split(arguments)
    if not arguments:
        _parser().print_help(sys.stderr)
        return USAGE
    if arguments[0] not in (*VERBS, "-h", "--help"):
        arguments = ["run", *arguments]
    options = _parser().parse_args(arguments)
    options.passed_on = tuple(passed_on)
    config = options.config or os.environ.get("LECTURE_CLUSTERS") or PROJECT / "clusters.yaml"
    project = Project(PROJECT, Path(config).expanduser())
    try:
        return _do(options, project)
    except LectureProblem as problem:
        near = difflib.get_close_matches(options.lectures[0], VERBS, 1, cutoff=0.75)
        say(f"{problem}{f' Or did you mean `./remote_execute.sh {near[0]}`?' if near else ''}")
        return USAGE
    except (SettingsProblem, UnknownRun, Followed) as problem:
        say(str(problem))
        return USAGE
    except (Refused, TransferProblem, Unreachable) as problem:
        say(str(problem))
        return NO_CLUSTER
    except Lost as problem:
        say(f"{_sentence(str(problem))} Try again.")
        return NO_CLUSTER
    except OSError as problem:
        if isinstance(problem, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return 1
        where = (
            f"{problem.filename}: "
            if problem.filename
            else ""
            if problem.errno != errno.ENOSPC
            else "On this machine: "
        )
        say(f"{where}{problem.strerror or problem}. The jobs go on: ./remote_execute.sh attach, when that is mended.")
        return NOT_FETCHED
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED


def _do(options: argparse.Namespace, project: Project) -> int:
    if options.verb in ("run", "submit"):
        return run(project, options)
    if options.verb == "attach":
        return attach(project, options.runs, options.cancel_on_interrupt)
    if options.verb == "status":
        return status(project, options.runs)
    if options.verb == "logs":
        return logs(project, options.run, options.follow)
    if options.verb == "fetch":
        return fetch_now(project, options.runs)
    if options.verb == "cancel":
        return cancel(project, options.runs)
    if options.verb == "doctor":
        from tracer.cluster.doctor import doctor

        return doctor(project, options)
    if options.verb == "clean":
        from tracer.cluster.clean import clean

        return clean(project, options.runs, options.keep, options.yes)
    return list_runs(project)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Ours, and what stands behind `--`, which is for execute.py."""
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="remote_execute.sh",
        description="Run lectures on a Slurm cluster and bring their traces back, as if they had run here.",
        epilog="./remote_execute.sh lecture_01 [lecture_02 …] is short for `run`. docs/cluster.md says the rest.",
    )
    parser.add_argument("--config", help=argparse.SUPPRESS)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    for name, what in (("run", "submit, follow, and fetch (the default)"), ("submit", "submit, and return")):
        verb = verbs.add_parser(name, help=what)
        verb.add_argument("lectures", nargs="+", metavar="LECTURE", help="lecture_01, or a path to one")
        _add_cluster(verb)
        verb.add_argument(
            "--dry-run", action="store_true", help="show the job's script and what would be sent; do nothing"
        )
        verb.add_argument("--local", action="store_true", help="the same job on this machine, without ssh and Slurm")
        verb.add_argument(
            "--cancel-on-interrupt", action="store_true", help="Ctrl-C cancels the jobs, instead of leaving them"
        )

    verb = verbs.add_parser("attach", help="follow runs again, from any shell, and fetch what they leave")
    _add_runs(verb, "those that have not ended, else the latest")
    verb.add_argument(
        "--cancel-on-interrupt", action="store_true", help="Ctrl-C cancels the jobs, instead of leaving them"
    )
    _add_runs(verbs.add_parser("status", help="ask where runs stand"), "those that have not ended, else the latest")
    verb = verbs.add_parser("logs", help="show the whole log of a run, as far as it goes")
    verb.add_argument(
        "run", nargs="?", metavar="RUN", help="a run, or a lecture for its latest (default: the latest run)"
    )
    verb.add_argument("-f", "--follow", action="store_true", help="and what follows, until it ends")
    _add_runs(verbs.add_parser("fetch", help="bring trace, pictures and log now"), "the latest")
    _add_runs(verbs.add_parser("cancel", help="cancel jobs"), "the latest that has not ended")
    verbs.add_parser("list", help="the runs that are known here")
    _add_cluster(verbs.add_parser("doctor", help="check everything that a run needs, and say how to mend it"))
    verb = verbs.add_parser("clean", help="remove runs that have ended, on the cluster and here; traces stay")
    _add_runs(verb, "all but the latest few")
    verb.add_argument(
        "--keep",
        type=_not_negative,
        default=5,
        metavar="N",
        help="keep the latest N of those that have ended (default: 5)",
    )
    verb.add_argument("--yes", action="store_true", help="do not ask")
    for verb in verbs.choices.values():
        verb.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help="default: clusters.yaml")
    return parser


def _not_negative(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs: write 0 or more")
    return int(text)


def _add_cluster(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--cluster", metavar="NAME", help="of clusters.yaml (default: $LECTURE_CLUSTER, else its `default`)"
    )
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="instead of what clusters.yaml says: sbatch.time=00:10:00",
    )


def _add_runs(verb: argparse.ArgumentParser, default: str) -> None:
    verb.add_argument("runs", nargs="*", metavar="RUN", help=f"a run, or a lecture for its latest (default: {default})")


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
