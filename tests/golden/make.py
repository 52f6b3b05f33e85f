"""Record the golden trace of the version that the engine writes now: `python -m tests.golden.make`.

One golden trace a version stays for ever: they are what old traces look like. Only that of the current version may be made
again, and only while nothing of that version has been released. What differs from machine to machine is left out.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from tracer.format.schema import VERSION
from tracer.run import Options, run_lecture

HERE = Path(__file__).parent
LARGEST = 60_000
"""Bytes of a golden trace: it is read in every run of the tests, and its changes are read by people."""


def main() -> None:
    os.environ["TRITON_INTERPRET"] = "1"  # its kernels are run by NumPy
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        options = Options(output=Path(folder), inspect_all=True, max_visits=30, quiet=True)
        result = run_lecture(str(HERE / "lecture.py"), HERE, options)
        document = anywhere(json.loads(result.path.read_bytes()))
    # One member a line, as the engine writes them, so that a difference can be read.
    members = (f"{json.dumps(name)}:{_compact(value)}" for name, value in document.items())
    text = "{" + ",\n".join(members) + "}\n"
    if len(text.encode()) > LARGEST:
        sys.exit(f"The golden trace has {len(text.encode()):,} bytes; keep it below {LARGEST:,}.")
    path = HERE / f"v{VERSION}.json"
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path.name}: {document['summary']['steps']} steps")


def anywhere(document: dict[str, Any]) -> dict[str, Any]:
    """The trace as it could have come from any machine: what is the machine's own is replaced, and times are made even."""
    document["clock"] = 1700000000.0
    document["summary"]["seconds"] = 0.5
    document["provenance"] |= {
        "started": "2023-11-14T22:13:20+00:00",
        "platform": "Linux",
        "hardware": {"machine": "x86_64", "processor": "", "cores": 2, "gpus": [], "memory_bytes": 8 * 2**30},
        "packages": {name: version for name, version in document["provenance"]["packages"].items() if name == "numpy"},
    }
    for machine in document["machines"]:
        if machine.get("measured"):
            machine |= {
                "name": "machine",
                "flops_per_second": {"float32": 1e11},
                "bytes_per_second": 1e10,
                "source": "",
            }
            machine["memory_bytes"] = 8 * 2**30
    for name in ("commit", "modified"):
        document["provenance"].pop(name, None)
    tracks, strings = document["tracks"], document["strings"]
    for host in set(tracks["host"]):
        strings[host] = "machine"
    tracks["process"] = [1000 for _ in tracks["process"]]
    tracks["thread"] = [1000 + row if thread else 0 for row, thread in enumerate(tracks["thread"])]
    storages: dict[int, int] = {}
    for value in document["values"]:
        if isinstance(value, dict) and "storage" in value:
            value["storage"]["id"] = storages.setdefault(value["storage"]["id"], len(storages) + 1)
        if isinstance(value, dict) and str(value.get("dtype")).startswith("pointer"):
            value["elements"] = [4096 for _ in value["elements"]]
            value.pop("stats", None)
        if isinstance(value, dict) and value.get("type") == "Thread":
            value["text"] = re.sub(r"\d+", "1000", value["text"])
    steps = document["steps"]
    steps["start"] = [1000 if step else 0 for step in range(len(steps["start"]))]
    steps["duration"] = [1000 for _ in steps["duration"]]
    return document


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
