"""A real server on a real port, in a process of its own, over a project made for the test; and requests as bytes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tracer.server.origins import TAG

PROJECT = Path(__file__).resolve().parents[3]
SECRET = b"only for the owner of this machine"
HANGS = 60
"""Seconds after which something that should end at once is held to hang."""

RUN = """
import sys
from pathlib import Path
from tracer.server.run import run
from tracer.server.site import Site
root = Path(sys.argv[1])
viewer, lectures = root / "trace-viewer/dist", root / "lectures"
site = Site(root / "var/traces", root / "var/files", lectures / "images", viewer, lectures)
run(site, sys.argv[2], 0, "/", False, sys.argv[3:])
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def received(connection: socket.socket) -> bytes:
    data = b""
    while chunk := connection.recv(1 << 16):
        data += chunk
    return data


@dataclass
class Served:
    """A running server, the folder it serves, and its port."""

    root: Path
    port: int
    process: subprocess.Popen[str]

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=HANGS)

    def raw(self, request: bytes) -> Answer:
        """Send the bytes as they are, read until the server closes, take the answer apart."""
        with self.connect() as connection:
            connection.sendall(request)
            data = received(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Answer(int(first.split()[1]), headers, body)

    def get(self, target: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a target; `if_none_match="…"` becomes the header If-None-Match. `host` replaces the right one."""
        fields = {"host": f"127.0.0.1:{self.port}", "connection": "close"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        return self.raw("\r\n".join(lines).encode("latin-1"))

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(HANGS)


@contextlib.contextmanager
def serving(root: Path, host: str = "127.0.0.1", *origins: str) -> Iterator[Served]:
    """The server over `root`, from when it answers until the end of the block. `origins`: whose traces may be opened."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(root), host, *origins],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        assert process.stdout
        for line in process.stdout:
            if found := re.match(r"Serving http://[^/]+:(\d+)/", line):
                yield Served(root, int(found[1]), process)
                break
        else:
            assert process.stderr
            pytest.fail(f"the server did not start: {process.stderr.read()}")
    finally:
        process.kill()
        process.communicate()


def make_project(root: Path) -> Path:
    """A small project with something in every folder that is served, and a secret beside them."""
    files = {
        "secret.txt": SECRET,
        "var/secret.txt": SECRET,
        "var/secret.json": json.dumps(SECRET.decode()).encode(),
        "var/traces/.hidden.json": json.dumps(SECRET.decode()).encode(),
        "var/traces/notes.txt": SECRET,
        "var/traces/deep/inner.json": json.dumps(SECRET.decode()).encode(),
        "var/files/.hidden.png": SECRET,
        "var/files/picture.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        "var/files/two/deep.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "var/files/page.html": b"<script>alert(1)</script>",
        "var/files/tool.exe": b"MZ",
        "var/files/empty.png": b"",
        "lectures/secret.py": SECRET,
        "lectures/images/map.png": b"\x89PNG\r\n\x1a\n",
        "trace-viewer/secret.ts": SECRET,
        "trace-viewer/dist/index.html": f"<!doctype html><head>{TAG}<title>Viewer</title></head>".encode(),
        "trace-viewer/dist/favicon.svg": b"<svg/>",
        "trace-viewer/dist/assets/index-abc123.js": b"// the viewer\n" * 200,
        "var/traces/lecture_01.json": trace(numbers=list(range(4000))),
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / "var/traces/link.json").symlink_to(root / "var/secret.json")
    (root / "var/files/link.png").symlink_to(root / "secret.txt")
    (root / "var/files/out").symlink_to(root)
    (root / "var/files/round.png").symlink_to(root / "var/files/round.png")
    os.mkfifo(root / "var/files/pipe.png")
    return root


def trace(**fields: object) -> bytes:
    """The head of a trace, with what else is asked for."""
    summary = {
        "name": "lecture_01",
        "title": "Tokenization",
        "steps": 1080,
        "seconds": 2.5,
        "outcome": {"status": "failed", "message": "ZeroDivisionError: division by zero", "failure": 0, "exit_code": 1},
    }
    return json.dumps({"format": "executable-lecture", "version": 1, "summary": summary, **fields}).encode()
