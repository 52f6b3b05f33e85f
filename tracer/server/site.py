"""Which folders are served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["NOT_BUILT", "PROJECT", "Site"]

PROJECT = Path(__file__).resolve().parents[2]

NOT_BUILT = (
    "The viewer is not built yet: run `npm ci && npm run build` in trace-viewer, or `make build`, and reload the page."
)


@dataclass(frozen=True)
class Site:
    """The folders behind the addresses. None needs to exist: what is not there is answered as missing."""

    traces: Path
    """`/var/traces/NAME.json`"""
    files: Path
    """`/var/files/…` and `/var/traces/files/…`: what traces call `../files/…` and `files/…`"""
    images: Path
    """`/lectures/images/…`"""
    viewer: Path
    """everything else: what `npm run build` made"""
    lectures: Path = PROJECT / "lectures"
    """not served: `/api/course` says what its `course.yaml` does, `/api/sources/NAME.json` which files have changed"""

    @classmethod
    def of_traces(cls, traces: Path) -> Site:
        """The site of a folder of traces, with the viewer and the pictures of this project.

        A run stores its pictures in `files`: beside the folder of its trace if that is called `traces`, else inside it.
        """
        traces = traces.absolute()
        return cls(
            traces=traces,
            files=(traces.parent if traces.name == "traces" else traces) / "files",
            images=PROJECT / "lectures" / "images",
            viewer=PROJECT / "trace-viewer" / "dist",
        )
