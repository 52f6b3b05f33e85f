"""One question to the login node about all runs that are followed, and its answer: all that is asked again and again.

In one round trip it tells of each run what its files say (started, ended, warned), the bytes by which log and journals have
grown, and, only where `ask_queue` says so, what Slurm says. Each line of the answer is a word, the run's place in the
question, and values; bytes come compressed, in base64, so that nothing else that is printed can be taken for them.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracer.cluster.host import Host, Lost, quote

__all__ = ["CHUNK", "Attempt", "Queue", "Seen", "Wanted", "tick"]

CHUNK = 2_000_000
"""Bytes of one file that come in one answer, at most: a log of 100 MB must not hold up the news."""


@dataclass(frozen=True)
class Wanted:
    """A run in the question, and how much of its files is here already."""

    run: str
    folder: str
    job: int
    log: int = 0
    journals: Mapping[str, int] = field(default_factory=dict)
    """Bytes that are here, by the file's name."""
    deep: bool = False
    """Whether Slurm's books are asked, too: squeue no longer knows the job."""


@dataclass(frozen=True)
class Attempt:
    """One start of a job, by Slurm's number and its count of restarts."""

    job: int
    restart: int


@dataclass(frozen=True)
class Queue:
    """What Slurm says of a job. `start` is when it expects to start it."""

    state: str
    reason: str = ""
    start: str = ""
    nodes: str = ""
    code: int | None = None


@dataclass
class Seen:
    """What the answer says of one run."""

    started: Attempt | None = None
    ended: tuple[Attempt, int] | None = None
    warned: bool = False
    log: bytes = b""
    log_size: int = 0
    journals: dict[str, bytes] = field(default_factory=dict)
    journals_left: bool = False
    """Whether a journal has more than came in this answer."""
    files: int = 0
    """How many pictures and videos there are."""
    gone: bool = False
    """The run's folder is not there any more."""
    asked: bool = False
    """Whether Slurm answered; then `queue` is None when it does not know the job."""
    queue: Queue | None = None
    books: Queue | None = None


def tick(host: Host, scheduler: str, wanted: Sequence[Wanted], ask_queue: bool, streams: bool = True) -> list[Seen]:
    """What is to be told of each run. Raises Lost and Unreachable. `streams`: journals come, too."""
    script = [_FUNCTIONS]
    for number, each in enumerate(wanted):
        journals = " ".join(f"{quote(name)} {size}" for name, size in each.journals.items())
        script.append(f"look {number} {quote(each.folder)} {each.log} {int(streams)} {journals}")
        if scheduler == "none":
            script.append(f"alive {number} {each.job}")
    if scheduler == "slurm" and ask_queue and wanted:
        names = ",".join(each.run for each in wanted)
        script.append(f"queue {names} {' '.join(quote(f'{each.run} {each.job}') for each in wanted)}")
        script += [f"books {number} {each.job}" for number, each in enumerate(wanted) if each.deep]
    answer = host.run("\n".join([*script, "true"]), 60.0)
    if answer.code:
        raise Lost(f"{host.place} answered half of what it was asked")
    return _parsed(answer.out, len(wanted))


_FUNCTIONS = f"""
piece() {{ gzip -1 | base64 | tr -d '\\n'; echo; }}
look() {{
    n=$1 run=$2 log=$3 streams=$4; shift 4
    cd "$run" 2>/dev/null || {{ echo "gone $n"; return; }}
    [ ! -s started ] || echo "started $n $(cat started)"
    [ ! -e warned ] || echo "warned $n"
    [ ! -s exit_code ] || echo "ended $n $(cat exit_code)"
    if [ -e job.log ]; then
        size=$(stat -c %s job.log)
        printf 'log %s %s ' "$n" "$size"
        if [ "$size" -gt "$log" ]; then tail -c +$((log + 1)) job.log | head -c {CHUNK} | piece; else echo; fi
    fi
    [ ! -d code/var/files ] || echo "files $n $(find code/var/files -type f | wc -l)"
    [ "$streams" = 1 ] || return
    for journal in code/var/traces/*.journal; do
        [ -e "$journal" ] || continue
        have=0 name=${{journal##*/}}
        for ((i = 1; i < $#; i += 2)); do [ "${{!i}}" != "$name" ] || {{ i=$((i + 1)); have=${{!i}}; break; }}; done
        # The room that the journal has taken beforehand is zeros: it ends at the first.
        printf 'journal %s %s ' "$n" "$(printf %s "$name" | base64 | tr -d '\\n')"
        tail -c +$((have + 1)) "$journal" | head -c {CHUNK} | LC_ALL=C sed -z 1q | tr -d '\\0' | piece
    done
}}
queue() {{
    if said=$(timeout 30 squeue -h -t all --name="$1" -o '%j %A|%T|%r|%S|%N' 2>/dev/null); then
        n=0
        while shift && [ $# -gt 0 ]; do
            printf 'queue %s %s\\n' "$n" "$(printf '%s\\n' "$said" | grep -F "$1|")"
            n=$((n + 1))
        done
    fi
}}
books() {{
    said=$(timeout 30 sacct -n -X -P -j "$2" -o State,ExitCode,Reason 2>/dev/null | tail -n 1)
    fields='s/.*JobState=\\([A-Z_]*\\) Reason=\\([^ ]*\\).* ExitCode=\\([0-9:]*\\).*/\\1|\\3|\\2/p'
    [ -n "$said" ] || said=$(timeout 30 scontrol -o show job "$2" 2>/dev/null | sed -n "$fields")
    [ -z "$said" ] || printf 'books %s %s\\n' "$1" "$said"
}}
alive() {{
    case $(ps -o stat= -p "$2" 2>/dev/null) in
    '' | Z*) echo "queue $1" ;;
    *) echo "queue $1 x|RUNNING|None||$(hostname)" ;;
    esac
}}
"""


def _parsed(out: bytes, count: int) -> list[Seen]:
    seen = [Seen() for _ in range(count)]
    for line in out.splitlines():
        word, _, rest = line.partition(b" ")
        number, _, rest = rest.partition(b" ")
        if number.isdigit() and int(number) < count:
            try:
                _take(seen[int(number)], word.decode(), rest)
            except (ValueError, zlib.error) as error:
                raise Lost(f"the answer was garbled ({error})") from None
    return seen


def _take(seen: Seen, word: str, rest: bytes) -> None:
    text = rest.decode("utf-8", "replace").strip()
    if word == "started":
        seen.started = _attempt(text.split())
    elif word == "ended":
        *attempt, code = text.split()
        seen.ended = _attempt(attempt), int(code)
    elif word == "warned":
        seen.warned = True
    elif word == "gone":
        seen.gone = True
    elif word == "log":
        size, _, piece = rest.partition(b" ")
        seen.log_size, seen.log = int(size), _unpacked(piece)
    elif word == "files":
        seen.files = int(text)
    elif word == "journal":
        name, _, piece = rest.partition(b" ")
        grown = _unpacked(piece)
        seen.journals[base64.b64decode(name).decode("utf-8", "replace")] = grown
        seen.journals_left = seen.journals_left or len(grown) == CHUNK
    elif word == "queue":
        seen.asked = True
        if text:
            _, state, reason, start, nodes = (text.split("|") + [""] * 4)[:5]
            seen.queue = Queue(state, reason, start if start != "N/A" else "", nodes)
    elif word == "books":
        state, code_text, reason = (text.split("|") + [""] * 2)[:3]
        code, _, number = code_text.partition(":")
        status = int(code) or (128 + int(number) if number.isdigit() and int(number) else 0) if code.isdigit() else None
        seen.books = Queue(state.split()[0], reason, code=status)


def _attempt(words: list[str]) -> Attempt:
    return Attempt(int(words[0]), int(words[1]))


def _unpacked(piece: bytes) -> bytes:
    return zlib.decompress(base64.b64decode(piece), wbits=31) if piece.strip() else b""
