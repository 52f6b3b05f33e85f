"""Files from the network, fetched once and then kept for ever; and never a reason for a lecture to wait long or to stop.

A fetch happens on a thread of its own, so that nothing it waits for (name servers included) holds a lecture longer than
`ANSWER_SECONDS` for an answer to begin and `WHOLE_SECONDS` for it to end. What failed is not tried again in the same run:
an address that gave an error, a host that gave no answer and, once `SILENT_HOSTS` hosts were silent and none had answered,
the network as a whole. So fifty links cost a machine without network seconds, not minutes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

from tracer.authoring.plain import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse
    from pathlib import Path

__all__ = ["LARGEST", "Network", "Unavailable", "is_url", "network"]

ANSWER_SECONDS = 5.0
WHOLE_SECONDS = 30.0
LARGEST = 50_000_000
SILENT_HOSTS = 3
USER_AGENT = "executable-lectures/0.1"


class Unavailable(Exception):
    """Says in a sentence why something could not be fetched; `again` when this run has already said so."""

    def __init__(self, reason: str, again: bool = False) -> None:
        super().__init__(plain_text(reason))
        self.again = again


class _Silent(Unavailable):
    """The host gave no answer at all."""


def is_url(address: str) -> bool:
    """Whether `address` is on the web (http or https) rather than a path."""
    return address[:8].lower().startswith(("http://", "https://"))


class Network:
    """What one run knows of the network: which addresses failed, which hosts are silent, whether any answered."""

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}
        self.silent: dict[str, str] = {}
        self.answered = False

    def fetch(
        self,
        url: str,
        cache: Path,
        accept: str = "*/*",
        largest: int = LARGEST,
        check: Callable[[bytes], str | None] | None = None,
    ) -> bytes:
        """The body at `url`, from the folder `cache` when it was ever fetched before.

        `check` says what is wrong with a body (None: nothing); only good bodies are kept. Raises Unavailable.
        """
        key = f"{url} {accept}"
        path = cache / "downloads" / hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        with contextlib.suppress(OSError):
            return path.read_bytes()
        host = _host(url)
        if (reason := self.failed.get(key) or self.silent.get(host)) is not None:
            raise Unavailable(reason, again=True)
        if not self.answered and len(self.silent) >= SILENT_HOSTS:
            raise Unavailable("the network could not be reached earlier in this run.", again=True)
        try:
            body = _download(url, accept, largest)
            if check and (problem := check(body)):
                raise Unavailable(problem)
        except _Silent as error:
            self.silent[host] = str(error)
            raise
        except Unavailable as error:
            self.answered = True
            self.failed[key] = str(error)
            raise
        self.answered = True
        _keep(path, body)
        return body


network = Network()
"""The network of this run."""


def _download(url: str, accept: str, largest: int) -> bytes:
    host = _host(url)
    mail: queue.SimpleQueue[bytes | Unavailable | None] = queue.SimpleQueue()

    def work() -> None:
        begun = False
        try:
            with _open(url, accept) as response:
                begun = True
                mail.put(None)
                mail.put(_body(response, host, largest))
        except Unavailable as error:
            mail.put(error)
        except Exception as error:  # whatever a strange address or a hostile server makes the library raise
            mail.put(Unavailable(f"{host} broke off ({_cause(error)}).") if begun else _silence(host, error))

    threading.Thread(target=work, name="download", daemon=True).start()
    answered = False
    try:
        message = mail.get(timeout=ANSWER_SECONDS)
        if message is None:
            answered = True
            message = mail.get(timeout=WHOLE_SECONDS)
    except queue.Empty:
        if answered:
            raise Unavailable(f"{host} took more than {WHOLE_SECONDS:g} seconds to send it.") from None
        raise _silence(host, TimeoutError()) from None
    if isinstance(message, bytes):
        return message
    assert message is not None
    raise message


def _silence(host: str, error: Exception) -> _Silent:
    if isinstance(getattr(error, "reason", error), TimeoutError):
        return _Silent(f"{host} did not answer within {ANSWER_SECONDS:g} seconds.")
    return _Silent(f"{host} could not be reached ({_cause(error)}).")


def _open(url: str, accept: str) -> HTTPResponse:
    """The answer to a GET, redirects followed, over http and https only: a redirect to file: or ftp: goes nowhere."""
    from urllib import error, request

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.HTTPHandler,
        request.HTTPSHandler,
        request.HTTPRedirectHandler,
        request.HTTPErrorProcessor,
        request.HTTPDefaultErrorHandler,
        request.UnknownHandler,
    ):
        opener.add_handler(handler())
    headers = {"User-Agent": USER_AGENT, "Accept": accept}
    try:
        response: HTTPResponse = opener.open(request.Request(_ascii(url), headers=headers), timeout=ANSWER_SECONDS)
    except error.HTTPError as answer:
        with answer:
            raise Unavailable(
                f"{_host(url)} answered {answer.code} {str(answer.reason)[:80]}.".replace(" .", ".")
            ) from None
    return response


def _body(response: HTTPResponse, host: str, largest: int) -> bytes:
    size = f"more than the {largest / 1e6:,.0f} MB that are fetched at most"
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:20]) > largest:
        raise Unavailable(f"{host} offers {size}.")
    deadline = time.monotonic() + WHOLE_SECONDS
    pieces, total = [], 0
    while piece := response.read1(1 << 16):
        pieces.append(piece)
        total += len(piece)
        if total > largest:
            raise Unavailable(f"{host} sent {size}.")
        if time.monotonic() > deadline:
            raise Unavailable(f"{host} took more than {WHOLE_SECONDS:g} seconds to send it.")
    if announced.isdecimal() and total < int(announced[:20]):
        raise Unavailable(f"{host} broke off after {total:,} of {announced[:20]} bytes.")
    if not total:
        raise Unavailable(f"{host} sent nothing.")
    return b"".join(pieces)


def _keep(path: Path, body: bytes) -> None:
    """Write to the cache, whole or not at all; a cache that cannot be written only means fetching again."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with open(handle, "wb") as file:
                file.write(body)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return plain_text(urlsplit(url).netloc.rpartition("@")[2]) or "the address"
    except ValueError:
        return "the address"


def _ascii(url: str) -> str:
    """`url` as HTTP carries it: its path percent-encoded, its host name in IDNA."""
    from urllib.parse import quote, urlsplit, urlunsplit

    parts = urlsplit(plain_text(url).strip())
    netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    kept = "%/:=&?~#+!$,;'@()*[]"
    return urlunsplit((parts.scheme, netloc, quote(parts.path, kept), quote(parts.query, kept), ""))


def _cause(error: Any) -> str:
    """The innermost reason that the library gives, in few words."""
    reason = getattr(error, "reason", None) or error
    return (getattr(reason, "strerror", None) or str(reason) or type(error).__name__)[:120]
