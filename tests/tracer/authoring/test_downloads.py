from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.tracer.authoring.web import Web
from tracer.authoring import downloads
from tracer.authoring.downloads import Network, Unavailable


def _why(network: Network, url: str, cache: Path, **how: object) -> Unavailable:
    with pytest.raises(Unavailable) as error:
        network.fetch(url, cache, **how)  # type: ignore[arg-type]
    return error.value


def test_fetched_once_then_kept_for_ever(web: Web, tmp_path: Path) -> None:
    url = web.body("/a", b"body")
    for _ in range(3):
        assert Network().fetch(url, tmp_path) == b"body"
    assert web.asked == ["/a"]


def test_a_failure_is_remembered_for_the_run_and_only_for_it(web: Web, tmp_path: Path) -> None:
    network, url = Network(), web.address + "/none"
    first, second = _why(network, url, tmp_path), _why(network, url, tmp_path)
    assert str(first) == str(second) == f"127.0.0.1:{web.address.rpartition(':')[2]} answered 404 Not Found."
    assert (first.again, second.again) == (False, True)
    assert web.asked == ["/none"]
    web.body("/none", b"now")
    assert Network().fetch(url, tmp_path) == b"now"


def test_a_host_that_does_not_answer_is_asked_once(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "ANSWER_SECONDS", 0.2)
    network = Network()
    slow = web.page("/slow", lambda _: web.released.wait(10) and None)
    assert "did not answer within 0.2 seconds" in str(_why(network, slow, tmp_path))
    assert _why(network, web.address + "/other", tmp_path).again
    assert web.asked == ["/slow"]


def test_a_closed_port_and_a_name_that_is_none(tmp_path: Path) -> None:
    network = Network()
    assert "could not be reached" in str(_why(network, "http://127.0.0.1:1/x", tmp_path))
    assert "could not be reached" in str(_why(network, "http://[::bad/x", tmp_path))
    assert "could not be reached" in str(_why(network, "http://\udc80\n/x", tmp_path))


def test_without_network_the_rest_is_not_tried(tmp_path: Path) -> None:
    network = Network()
    for port in (1, 2, 3):
        assert not _why(network, f"http://127.0.0.1:{port}/", tmp_path).again
    rest = _why(network, "http://127.0.0.1:4/", tmp_path)
    assert str(rest) == "the network could not be reached earlier in this run."
    assert rest.again


def test_silent_hosts_do_not_condemn_a_network_that_answers(web: Web, tmp_path: Path) -> None:
    network = Network()
    _why(network, web.address + "/404", tmp_path)
    for port in (1, 2, 3):
        _why(network, f"http://127.0.0.1:{port}/", tmp_path)
    assert network.fetch(web.body("/a", b"body"), tmp_path) == b"body"


def test_more_than_allowed_is_refused_announced_or_not(web: Web, tmp_path: Path) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(10_000):
            request.wfile.write(b"x" * 1000)

    announced, sent = web.body("/big", b"x" * 2001), web.page("/endless", endless)
    assert "offers more than" in str(_why(Network(), announced, tmp_path, largest=2000))
    assert "sent more than" in str(_why(Network(), sent, tmp_path, largest=2000))
    assert Network().fetch(announced, tmp_path, largest=2001) == b"x" * 2001


def test_a_body_that_trickles_is_given_up(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "WHOLE_SECONDS", 0.3)

    def trickle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not web.released.wait(0.02):
            request.wfile.write(b"x")

    assert "took more than 0.3 seconds" in str(_why(Network(), web.page("/drip", trickle), tmp_path))


def test_broken_empty_and_senseless_answers(web: Web, tmp_path: Path) -> None:
    def broken(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"half")

    def senseless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"\xff\0 no HTTP\r\n\r\n")

    network = Network()
    assert "broke off after 4 of 100 bytes" in str(_why(network, web.page("/broken", broken), tmp_path))
    assert "sent nothing" in str(_why(network, web.body("/empty", b""), tmp_path))
    assert "could not be reached" in str(_why(network, web.page("/senseless", senseless), tmp_path))
    assert not (tmp_path / "downloads").exists()


def test_redirects_are_followed_on_the_web_only(web: Web, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")

    def to(address: str) -> object:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(302)
            request.send_header("Location", address)
            request.end_headers()

        return answer

    there = web.body("/there", b"body")
    assert Network().fetch(web.page("/here", to(there)), tmp_path) == b"body"  # type: ignore[arg-type]
    for address in (secret.as_uri(), "ftp://127.0.0.1:1/x", "data:,x", web.address + "/round"):
        why = _why(Network(), web.page("/round", to(address)), tmp_path)  # type: ignore[arg-type]
        assert "secret" not in str(why) or "302" in str(why)


def test_only_good_bodies_are_kept(web: Web, tmp_path: Path) -> None:
    url = web.body("/a", b"bad")
    assert str(_why(Network(), url, tmp_path, check=lambda _: "it is bad.")) == "it is bad."
    web.body("/a", b"good")
    assert Network().fetch(url, tmp_path, check=lambda body: None if body == b"good" else "it is bad.") == b"good"


def test_addresses_beyond_ascii(web: Web, tmp_path: Path) -> None:
    web.body("/%C3%BC/a%20b?q=%E2%82%AC", b"body")
    assert Network().fetch(web.address + "/ü/a b?q=€#part", tmp_path) == b"body"


def test_a_cache_that_cannot_be_written_only_means_fetching_again(web: Web, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    url = web.body("/a", b"body")
    for _ in range(2):
        assert Network().fetch(url, tmp_path / "cache") == b"body"
    assert web.asked == ["/a", "/a"]
