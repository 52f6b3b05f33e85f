"""ETag, Range, gzip, HEAD; and that a file is answered whole while it is being replaced."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.tracer.server.serving import Served, make_project, received, serving

TRACE = "/var/traces/lecture_01.json"
PICTURE = "/var/files/picture.png"


@pytest.fixture(scope="module")
def picture(served: Served) -> bytes:
    return (served.root / PICTURE[1:]).read_bytes()


def test_gzip_round_trip(served: Served) -> None:
    whole = (served.root / TRACE[1:]).read_bytes()
    for _ in range(2):  # compressed, then from memory
        packed = served.get(TRACE, accept_encoding="gzip, deflate, br")
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) == len(packed.body) < len(whole)
        assert gzip.decompress(packed.body) == whole
    plain = served.get(TRACE)
    assert "content-encoding" not in plain.headers
    assert plain.body == whole
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("br, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*, gzip;q=0", False),
        ("identity", False),
        ("br", False),
        ("xgzip", False),
        (";;,,=", False),
    ],
)
def test_gzip_only_for_who_accepts_it(served: Served, accepted: str, packed: bool) -> None:
    assert ("content-encoding" in served.get(TRACE, accept_encoding=accepted).headers) == packed


def test_what_is_compressed_already_is_left_alone(served: Served) -> None:
    assert "content-encoding" not in served.get(PICTURE, accept_encoding="gzip").headers


@pytest.mark.parametrize("target", [TRACE, PICTURE, "/", "/assets/index-abc123.js"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_not_modified(served: Served, target: str, encoding: str) -> None:
    etag = served.get(target, accept_encoding=encoding).headers["etag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = served.get(target, accept_encoding=encoding, if_none_match=sent)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == etag
        assert "cache-control" in answer.headers
    assert served.get(target, accept_encoding=encoding, if_none_match='"other"').status == 200


def test_caching(served: Served) -> None:
    assert "immutable" in served.get("/assets/index-abc123.js").headers["cache-control"]
    for target in ("/", TRACE, PICTURE, "/favicon.svg", "/api/traces", "/assets/gone.js"):
        assert served.get(target).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 1),
        ("5-9", 5, 10),
        ("100-", 100, None),
        ("-7", -7, None),
        ("2000-999999", 2000, None),
        ("-999999", 0, None),
    ],
)
def test_range(served: Served, picture: bytes, asked: str, start: int, end: int | None) -> None:
    answer = served.get(PICTURE, range=f"bytes={asked}")
    assert answer.status == 206
    assert answer.body == picture[start:end]
    first = start % len(picture)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(picture)}"


@pytest.mark.parametrize("asked", ["bytes=2056-", "bytes=99999-100000", "bytes=-0"])
def test_range_without_bytes(served: Served, asked: str) -> None:
    answer = served.get(PICTURE, range=asked)
    assert (answer.status, answer.headers["content-range"]) == (416, "bytes */2056")


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=9-5",
        "bytes=-",
        "bytes=a-b",
        "lines=0-5",
        "bytes=0-1,3-4",
        "bytes",
        "bytes=-5-",
        "bytes=" + "9" * 4000 + "-",
    ],
)
def test_other_ranges_get_the_whole(served: Served, picture: bytes, asked: str) -> None:
    answer = served.get(PICTURE, range=asked)
    assert (answer.status, answer.body) == (200, picture)


def test_range_of_a_text_is_not_compressed(served: Served) -> None:
    whole = (served.root / TRACE[1:]).read_bytes()
    answer = served.get(TRACE, range="bytes=10-19", accept_encoding="gzip")
    assert (answer.status, answer.body) == (206, whole[10:20])
    assert "content-encoding" not in answer.headers


def test_if_range(served: Served, picture: bytes) -> None:
    etag = served.get(PICTURE).headers["etag"]
    assert served.get(PICTURE, range="bytes=0-3", if_range=etag).body == picture[:4]
    assert served.get(PICTURE, range="bytes=0-3", if_range='"older"').body == picture


def test_empty_file(served: Served) -> None:
    assert served.get("/var/files/empty.png").status == 200
    assert served.get("/var/files/empty.png", range="bytes=0-").status == 416


@pytest.mark.parametrize("target", [TRACE, PICTURE, "/", "/api/traces", "/nothing", "/var/files/empty.png"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_head_is_get_without_a_body(served: Served, target: str, encoding: str) -> None:
    get, head = (served.get(target, method, accept_encoding=encoding) for method in ("GET", "HEAD"))
    assert head.body == b""
    assert head.status == get.status
    for answer in (get, head):
        del answer.headers["date"]
    assert head.headers == get.headers


def test_replaced_meanwhile(tmp_path: Path) -> None:
    old, new = (letter * (8 << 20) for letter in (b"a", b"b"))
    target = make_project(tmp_path) / "var/files/large.mp4"
    target.write_bytes(old)
    with serving(tmp_path) as server, server.connect() as slow:
        slow.sendall(b"GET /var/files/large.mp4 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        begun = slow.recv(1000)
        beside = target.with_name("beside")
        beside.write_bytes(new)
        beside.replace(target)
        later = server.get("/var/files/large.mp4")
        _, _, earlier = (begun + received(slow)).partition(b"\r\n\r\n")
    assert earlier == old
    assert later.body == new
    assert re.search(rb'etag: "[^"]+"', begun)


def test_what_was_compressed_is_made_anew_for_a_new_file(tmp_path: Path) -> None:
    target = make_project(tmp_path) / TRACE[1:]
    with serving(tmp_path) as server:
        first = server.get(TRACE, accept_encoding="gzip")
        beside = target.with_name("beside")
        beside.write_bytes(b"[" + b"1," * 5000 + b"1]")
        beside.replace(target)
        second = server.get(TRACE, accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert second.status == 200
    assert gzip.decompress(second.body) == b"[" + b"1," * 5000 + b"1]"
