"""Room on the cluster's disk: whether the want of it was why a run failed."""

from __future__ import annotations

import re

from tracer.cluster.host import Host, quote
from tracer.cluster.messages import NO_ROOM
from tracer.cluster.runs import RunFolder

__all__ = ["lacked_room"]

FULL = 28


def lacked_room(folder: RunFolder, host: Host, message: str, left_word: bool) -> bool:
    """Whether a run failed for want of room in `root`. Raises Lost and Unreachable.

    `message` is what its trace says; `left_word`, whether it could say how it ended. Where neither that nor the log says whose
    disk was full, it is tried whether anything can be written there.
    """
    told = [line for text in (message, folder.end_of_log()) for line in text.splitlines() if re.search(NO_ROOM, line)]
    if any(_is_about(folder.run.root, line) for line in told):
        return True
    unclear = not left_word or any(not _files(line) for line in told)
    return unclear and host.run(_TRIED.format(folder=quote(folder.run.remote))).code == FULL


_TRIED = f"""cd {{folder}} || exit 0
if said=$(LC_ALL=C head -c 65536 /dev/zero 2>&1 >.room); then code=0; else code=1; fi
rm -f .room
[ "$code" = 0 ] || ! printf '%s' "$said" | grep -Eq '{NO_ROOM}' || exit {FULL}"""


def _is_about(root: str, line: str) -> bool:
    """Of ours are the trace, and files of the lecture that lie where it runs; of others, such as in /tmp, it tells itself."""
    return (
        "The trace could not be written" in line
        or "The record could not be written" in line
        or any(not path.startswith("/") or path.startswith(f"{root}/") for path in _files(line))
    )


def _files(line: str) -> list[str]:
    """The files that an OSError names."""
    return re.findall(rf"(?:{NO_ROOM}): ['\"]([^'\"]+)", line)
