"""Only this machine's own pages are answered, only reading is, and every answer carries the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracer.server.serving import Served, make_project, serving
from tracer.server.guard import Hosts


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1234", "[::1]:8000", "127.0.0.1:80"])
def test_own_host_is_answered(served: Served, host: str) -> None:
    assert served.get("/", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "example.org",
        "localhost.example.org",
        "127.0.0.1.example.org",
        "192.168.1.7",
        "0.0.0.0",
        "127.0.0.1@example.org",
        "2130706433",  # 127.0.0.1 as one number
        "localhost:port",
        "127.0.0.1:80:80",
        "[::1",
        "local host",
    ],
)
def test_foreign_host_is_refused(served: Served, host: str) -> None:
    answer = served.get("/var/traces/lecture_01.json", host=host)
    assert answer.status == 400
    assert b"Tokenization" not in answer.body


@pytest.mark.parametrize(
    "lines", [b"", b"Host: localhost\r\nHost: example.org\r\n", b"Host: localhost\r\nHost: localhost\r\n"]
)
def test_host_must_come_once(served: Served, lines: bytes) -> None:
    assert served.raw(b"GET / HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n").status == 400


@pytest.mark.parametrize(
    "origin", ["http://example.org", "null", "http://localhost:1", "file://", "http://127.0.0.1.evil.org"]
)
def test_foreign_origin_is_refused(served: Served, origin: str) -> None:
    answer = served.get("/var/traces/lecture_01.json", origin=origin)
    assert answer.status == 403
    assert b"Tokenization" not in answer.body


def test_own_origin_is_answered(served: Served) -> None:
    assert served.get("/", origin=f"http://127.0.0.1:{served.port}").status == 200
    assert served.get("/", host="localhost:9000", origin="http://localhost:9000").status == 200  # through a tunnel


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_pages_may_link_but_not_read(served: Served, site: str) -> None:
    assert served.get("/", sec_fetch_site=site, sec_fetch_mode="navigate").status == 200
    for mode in ("cors", "no-cors", "websocket"):
        assert served.get("/var/files/picture.png", sec_fetch_site=site, sec_fetch_mode=mode).status == 403
    assert served.get("/var/files/picture.png", sec_fetch_site="same-origin", sec_fetch_mode="no-cors").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("target", ["/", "/var/traces/lecture_01.json", "/api/traces"])
def test_only_reading(served: Served, method: str, target: str) -> None:
    answer = served.get(target, method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/", {}),
        ("/var/traces/lecture_01.json", {}),
        ("/nothing", {}),
        ("/", {"host": "example.org"}),
        ("/", {"origin": "null"}),
        ("/api/traces", {}),
        ("/var/files/picture.png", {"range": "bytes=99999-"}),
    ],
)
def test_every_answer_carries_the_headers(served: Served, target: str, headers: dict[str, str]) -> None:
    answer = served.get(target, **headers)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers


def test_the_page_runs_its_own_scripts_only(served: Served) -> None:
    policy = served.get("/").headers["content-security-policy"].split("; ")
    assert "script-src 'self'" in policy
    assert "worker-src 'self'" in policy
    assert not any("unsafe-eval" in rule or ("script" in rule and "inline" in rule) for rule in policy)


def test_what_lectures_bring_runs_nothing(served: Served) -> None:
    for target in (
        "/var/files/two/deep.svg",
        "/var/files/page.html",
        "/var/traces/lecture_01.json",
        "/lectures/images/map.png",
    ):
        policy = served.get(target).headers["content-security-policy"].split("; ")
        assert "sandbox" in policy, target
        assert "default-src 'none'" in policy
        assert not any(rule.startswith("script-src") for rule in policy)
    assert served.get("/var/files/tool.exe").headers["content-type"] == "application/octet-stream"


def test_listening_everywhere_still_refuses_foreign_names(tmp_path: Path) -> None:
    with serving(make_project(tmp_path), "0.0.0.0") as server:
        assert server.get("/", host="0.0.0.0").status == 200
        assert server.get("/", host="192.168.1.7:8000").status == 200
        assert server.get("/", host="example.org").status == 400


def test_listening_at_a_name_answers_to_it() -> None:
    hosts = Hosts("Lectures.example.org", "10.0.0.5")
    assert hosts.allow("lectures.example.org:8000")
    assert hosts.allow("10.0.0.5:8000")
    assert not hosts.allow("10.0.0.6")
    assert not hosts.allow("example.org")
