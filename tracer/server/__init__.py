"""Showing recorded lectures in the browser: `serve()`, behind `python -m tracer serve` and `execute.py --serve`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["serve"]


def serve(
    traces: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    open_path: str | None = None,
    open_browser: bool | None = None,
    origins: Sequence[str] = (),
) -> None:
    """Serve the viewer and the traces of a folder until Ctrl-C.

    Prints the address once it answers. `open_path` is the page that is printed and opened, such as
    `/?trace=var/traces/lecture_01.json`; `open_browser` says whether to open one, None: at a desktop. Port 0 takes a free
    port. `origins` are other addresses that traces may be opened from, such as `https://example.org`. What prevents serving
    (a port in use, a package that is missing) ends the program: SystemExit with one sentence.
    """
    # Imported only now: whoever merely might serve does not pay the half second that a web framework takes to load.
    try:
        from tracer.server.run import CannotListen, run
    except ModuleNotFoundError as missing:
        raise SystemExit(f"Serving needs the package {missing.name}: pip install -r requirements.txt") from None
    from tracer.server.site import Site

    try:
        run(Site.of_traces(traces), host, port, open_path or "/", open_browser, origins)
    except CannotListen as problem:
        raise SystemExit(str(problem)) from None
