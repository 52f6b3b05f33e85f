"""The owner of the server may let the viewer open traces of other addresses; nothing else changes by that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tracer.server.serving import HANGS, PROJECT, Served, make_project, serving
from tracer.server.guard import page_policy
from tracer.server.origins import TAG, origin, with_origins


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("HTTPS://Example.ORG:443", "https://example.org"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://a.b-c.example:80", "http://a.b-c.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(text: str, written: str) -> None:
    assert origin(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "https:",
        "https://",
        "https://*",
        "https://*.example.org",
        "example.org",
        "//example.org",
        "https://example.org/traces",
        "https://example.org?a",
        "https://user@example.org",
        "https://example.org; script-src *",
        "https://example.org https://example.net",
        "https://example.org,https://example.net",
        "https://example.org\nx",
        "https://exa'mple.org",
        "https://.example.org",
        "https://bücher.example",
        "data:",
        "blob:https://example.org",
        "javascript:alert(1)",
        "ftp://example.org",
        "file:///",
        "https://example.org:port",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        origin(text)


def rules(policy: str) -> dict[str, str]:
    return dict(rule.split(" ", 1) for rule in policy.split("; "))


def test_the_policy_names_them_where_traces_and_pictures_come_from() -> None:
    alone, allowing = rules(page_policy()), rules(page_policy(["https://example.org", "http://localhost:9000"]))
    for rule in ("connect-src", "img-src", "media-src"):
        assert allowing.pop(rule) == f"{alone.pop(rule)} https://example.org http://localhost:9000"
    assert allowing == alone


def test_the_page_tells_the_viewer(tmp_path: Path) -> None:
    with serving(make_project(tmp_path), "127.0.0.1", "https://example.org", "http://localhost:9000") as server:
        for target in ("/", "/?trace=https://example.org/t.json", "/index.html"):
            page = server.get(target)
            assert page.status == 200
            assert b'name="allowed-trace-origins" content="https://example.org http://localhost:9000"' in page.body
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert (
                "connect-src 'self' https://example.org http://localhost:9000;"
                in page.headers["content-security-policy"]
            )
        assert server.get("/", sec_fetch_site="cross-site", sec_fetch_mode="cors").status == 403
        assert server.get("/var/traces/lecture_01.json", origin="https://example.org").status == 403
        picture = server.get("/var/files/picture.png")
        assert "example.org" not in picture.headers["content-security-policy"]


def test_without_any_the_page_is_as_it_was_built(served: Served) -> None:
    page = served.get("/")
    assert TAG.encode() in page.body
    assert "etag" in page.headers
    assert "connect-src 'self';" in page.headers["content-security-policy"]


def test_a_page_that_has_no_tag_gets_one() -> None:
    assert with_origins("<head><title>x</title></head>", ["https://a.b"]).startswith('<head><meta name="allowed-')
    assert with_origins(f"<head>{TAG}</head>", ["https://a.b"]).count("<meta") == 1


def test_the_viewer_is_built_with_the_tag() -> None:
    assert TAG in (PROJECT / "trace-viewer/index.html").read_text()


def test_the_command_says_what_is_wrong() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tracer", "serve", "--allow-origin", "https://example.org/x"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    assert done.returncode == 2
    assert "'https://example.org/x' is not an origin: write it as https://example.org, without a path" in done.stderr
