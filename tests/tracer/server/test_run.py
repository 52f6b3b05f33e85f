"""Starting, stopping, and what is said when either cannot be done."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tracer.server.serving import HANGS, PROJECT, environment, make_project, serving, trace
from tracer.format import schema
from tracer.format.struct import to_json
from tracer.server.site import Site

COMMAND = [sys.executable, "-m", "tracer"]


def tracer(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=at, env=environment(), capture_output=True, text=True, timeout=HANGS, check=False
    )


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed said: one line, no traceback."""
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stops_at_once_with_connections_open(tmp_path: Path, number: int) -> None:
    (make_project(tmp_path) / "var/files/large.mp4").write_bytes(bytes(32 << 20))
    with serving(tmp_path) as server, server.connect() as idle, server.connect() as half, server.connect() as stalled:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        half.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        stalled.sendall(b"GET /var/files/large.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stalled.recv(15) == b"HTTP/1.1 200 OK"  # and reads no more
        status = server.stop(number)
        assert status == (0 if number == signal.SIGINT else -number)
        assert server.process.stderr
        assert server.process.stderr.read() == ""
        with pytest.raises(OSError, match="refused"):
            server.connect()


def test_viewer_not_built(tmp_path: Path) -> None:
    for file in sorted((make_project(tmp_path) / "trace-viewer/dist").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    with serving(tmp_path) as server:
        for target in ("/", "/?trace=var/traces/lecture_01.json", "/index.html"):
            page = server.get(target)
            assert page.status == 503
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert b"npm run build" in page.body
        assert server.get("/var/traces/lecture_01.json").status == 200
        server.stop()
        assert server.process.stderr
        assert server.process.stderr.read().count("npm run build") == 1


def test_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = complaint(tracer("serve", "--port", str(port), at=tmp_path))
    assert f"Port {port} is in use" in said
    assert "--port" in said


def test_no_such_host(tmp_path: Path) -> None:
    assert "192.0.2.1 is not an address of this machine" in complaint(
        tracer("serve", "--host", "192.0.2.1", at=tmp_path)
    )
    assert "no host" in complaint(tracer("serve", "--host", "no such host", at=tmp_path))


@pytest.mark.parametrize("port", ["65536", "-1", "web", "8000.5", "²"])
def test_no_such_port(tmp_path: Path, port: str) -> None:
    done = tracer("serve", f"--port={port}", at=tmp_path)
    assert done.returncode == 2
    assert "is not a port: a number from 0 to 65535" in done.stderr
    assert "Traceback" not in done.stderr


def test_opens_the_browser_at_the_named_trace(tmp_path: Path) -> None:
    make_project(tmp_path)
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o755)
    process = subprocess.Popen(
        [*COMMAND, "serve", "--traces", "var/traces", "--port", "0", "--open", "lecture_01"],
        cwd=tmp_path,
        env={**environment(), "BROWSER": f"{browser} %s"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+/\?trace=var/traces/lecture_01\.json", process.stdout.readline())
        assert found
        waited = subprocess.run(
            ["sh", "-c", f"while ! test -f {opened}; do sleep 0.05; done"], timeout=HANGS, check=True
        )
        assert waited.returncode == 0
        assert opened.read_text().strip() == found[0]
    finally:
        process.kill()
        process.wait()


def test_listening_everywhere_says_what_it_means(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--host", "0.0.0.0", "--port", "0"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert "Every machine that can reach this one" in process.stdout.readline()
        assert process.stdout.readline().startswith("Serving http://127.0.0.1:")
    finally:
        process.kill()
        process.wait()


def test_serving_a_trace_that_is_not_there(tmp_path: Path) -> None:
    assert "python execute.py -m lecture_09" in complaint(
        tracer("serve", "--traces", "var/traces", "lecture_09", at=tmp_path)
    )
    make_project(tmp_path)
    assert "there is lecture_01." in complaint(tracer("serve", "--traces", "var/traces", "lecture_10", at=tmp_path))


def sound_trace() -> schema.Trace:
    """A trace of a file that ran nothing, as small as the schema allows."""
    document: dict[str, object] = {
        **json.loads(trace()),
        "provenance": schema.Provenance(
            arguments=[],
            started="2026-01-01T00:00:00Z",
            python="3.11",
            platform="Linux",
            hardware=schema.Hardware(machine="m", processor="p", cores=2, gpus=[]),
            packages={},
            engine="0.1.0",
        ),
        "clock": 0.0,
        "entry": 0,
        "files": [schema.SourceFile(path="lectures/a.py", sha256="0", text="", hidden=[], directives=[])],
    }
    import msgspec

    for field in msgspec.structs.fields(schema.Trace):
        if field.name not in document:
            columns = isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
            document[field.name] = {c: [] for c in field.type.__struct_fields__} if columns else []
    document["summary"] = schema.Summary(
        name="a", title="A", steps=0, seconds=1.5, outcome=schema.Outcome(status="finished")
    )
    return msgspec.json.decode(to_json(document), type=schema.Trace)


def test_pictures_of_a_folder_of_another_name() -> None:
    assert Site.of_traces(Path("/a/traces")).files == Path("/a/files")
    assert Site.of_traces(Path("/a/mine")).files == Path("/a/mine/files")


def test_check(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(to_json(sound_trace()))
    (tmp_path / "bad.json").write_bytes(b"{")
    done = tracer("check", "good.json", at=tmp_path)
    assert (done.returncode, done.stdout) == (0, "good.json is ok: 0 steps in 1.50 s, finished.\n")
    done = tracer("check", "bad.json", "missing.json", "good.json", at=tmp_path)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["bad.json", "missing.json"]
    assert done.stdout.startswith("good.json is ok")


def test_compact_needs_a_journal(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"hello\n")
    assert "is not the journal" in complaint(tracer("compact", "it", at=tmp_path))
    assert "No such file" in complaint(tracer("compact", "missing", at=tmp_path))


def test_without_a_command() -> None:
    done = tracer(at=PROJECT)
    assert done.returncode == 2
    assert "serve" in done.stderr
