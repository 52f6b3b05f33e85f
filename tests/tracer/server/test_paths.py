"""No path leads out of the folders that are served."""

from __future__ import annotations

import pytest

from tests.tracer.server.serving import SECRET, Served

OUT = [
    "../secret.json",
    "..%2fsecret.json",
    "%2e%2e/secret.json",
    "%2e%2e%2fsecret.json",
    "%2E%2E%2Fsecret.json",
    ".%2e/secret.json",
    "..%5csecret.json",
    "..\\secret.json",
    "%252e%252e%252fsecret.json",
    "%c0%ae%c0%ae/secret.json",
    "..%c0%afsecret.json",
    "%ef%bc%8e%ef%bc%8e/secret.json",
    "%uff0e%uff0e/secret.json",
    "....//secret.json",
    "..;/secret.json",
    ".%00./secret.json",
    "lecture_01.json%00.png",
    "%00",
    "./../secret.json",
    "x/../../secret.json",
    "lecture_01.json/../../secret.json",
    "//etc/passwd",
    "%2fetc%2fpasswd",
    "/etc/passwd.json",
    "C:%5csecret.json",
    "file:///etc/passwd.json",
    "~/secret.json",
    ".hidden.json",
    ".hidden.png",
    "link.json",
    "link.png",
    "out/secret.txt",
    "out/var/secret.json",
    "round.png",
    "pipe.png",
    "notes.txt",
    "deep/inner.json",
    "deep",
    "two",
    ".",
    "",
    "a" * 5000 + ".json",
    "a/" * 2000 + "a.json",
    "lecture_01.json/",
    "lecture_01.json.gz",
    "lecture_01.json::$DATA",
    "lecture_01%0d%0aset-cookie:%20a=b.json",
]


@pytest.mark.parametrize(
    "folder", ["/var/traces/", "/var/files/", "/var/traces/files/", "/lectures/images/", "/", "/assets/"]
)
@pytest.mark.parametrize("path", OUT)
def test_is_not_found(served: Served, folder: str, path: str) -> None:
    if path in ("", ".") and folder == "/":
        return  # the start page
    answer = served.get(folder + path)
    assert answer.status in (400, 404)
    assert SECRET not in answer.body
    assert b"root:" not in answer.body
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "target",
    [
        "/var/secret.txt",
        "/secret.txt",
        "/var/traces/../../secret.txt",
        "/lectures/secret.py",
        "/../secret.ts",
        "secret.txt",
    ],
)
def test_what_is_beside_the_folders_is_not_found(served: Served, target: str) -> None:
    answer = served.get(target)
    assert answer.status in (400, 404)
    assert SECRET not in answer.body


def test_absolute_address_is_held_to_the_same(served: Served) -> None:
    answer = served.get(f"http://127.0.0.1:{served.port}/var/traces/../secret.json")
    assert answer.status in (400, 404)
    assert SECRET not in answer.body


def test_what_lies_inside_is_served(served: Served) -> None:
    for target, content in (
        ("/var/files/two/deep.svg", "image/svg+xml"),
        ("/var/files/picture.png", "image/png"),
        ("/var/files/picture%2Epng", "image/png"),
        ("/var/traces/lecture_01.json", "application/json"),
        ("/var/traces/lecture_01.json?now=1", "application/json"),
        ("/var/traces/files/picture.png", "image/png"),
        ("/lectures/images/map.png", "image/png"),
        ("/", "text/html; charset=utf-8"),
        ("/?trace=var/traces/lecture_01.json", "text/html; charset=utf-8"),
        ("/assets/index-abc123.js", "text/javascript; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
    ):
        answer = served.get(target)
        assert (answer.status, answer.headers["content-type"]) == (200, content), target


def test_a_broken_request_leaves_the_server_alive(served: Served) -> None:
    assert served.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not HTTP\r\n\r\n").status == 400
    assert served.get("/").status == 200
