"""The project's own server, with a viewer and traces that the benchmark made: `python serve.py VIEWER TRACES`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tracer.server.run import run  # noqa: E402
from tracer.server.site import Site  # noqa: E402

viewer, traces = Path(sys.argv[1]), Path(sys.argv[2])
site = Site(traces=traces, files=ROOT / "var/files", images=ROOT / "lectures/images", viewer=viewer)
run(site, "127.0.0.1", 0, "/", open_browser=False)  # 0: a free port, which it prints
