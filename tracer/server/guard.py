"""Who is answered at all, and the security headers of every answer.

The server reads files for whoever asks, so it must know that the asker is the person at this machine and not a page of some
other site that their browser has open. A browser tells: by Host (which name was typed or linked), by Origin and by
Sec-Fetch-Site (which page makes the request).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SANDBOX_POLICY", "Guard", "Hosts", "page_policy"]


def page_policy(origins: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of the viewer: its own scripts and styles, and nothing that a trace could bring along.

    `origins` are those that traces may be read from besides, with the pictures and films that lie beside them.
    """
    allowed = "".join(f" {origin}" for origin in origins)
    rules = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",  # formulas are laid out by style attributes
        "font-src 'self'",
        f"img-src 'self' data: blob:{allowed}",
        f"media-src 'self'{allowed}",
        f"connect-src 'self'{allowed}",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
    return "; ".join(rules)


SANDBOX_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'; sandbox"
)
"""The Content-Security-Policy of what lectures bring: opened on its own, a picture shows and runs nothing."""

EVERY_ANSWER = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-cache",
}
"""Added to every answer that does not have them yet."""


class Hosts:
    """The names and addresses by which this server may be called.

    Always those of the loopback interface; besides, the one it listens on. When it listens on every interface, any literal
    address (a page of another site comes by a name, so it cannot hide behind one) and this machine's own names.
    """

    def __init__(self, host: str, bound: str) -> None:
        """`host` as it was asked for, `bound` the address that it turned out to be."""
        self.names = {"localhost", "127.0.0.1", "::1", host.lower(), bound.lower()}
        self.any_address = is_wildcard(bound)
        if self.any_address:
            own = socket.gethostname().lower()
            self.names |= {own, own.split(".")[0], f"{own.split('.')[0]}.local"}

    def allow(self, host: str) -> bool:
        """Whether a Host header names this server. The port is not looked at: a tunnel may change it."""
        found = re.fullmatch(r"(?:\[([0-9a-f:.]+)\]|([^\s:/@\[\]]+))(?::[0-9]{1,5})?", host.lower())
        if not found:
            return False
        name = found[1] or found[2]
        return name in self.names or (self.any_address and is_address(name))


def is_wildcard(host: str) -> bool:
    """Whether listening on this address means listening on every interface."""
    return is_address(host) and ipaddress.ip_address(host).is_unspecified


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Guard:
    """ASGI middleware: refuses what must not be answered, adds the security headers to all that is."""

    def __init__(self, app: ASGIApp, hosts: Hosts, origins: Sequence[str] = ()) -> None:
        """`origins`: where the pages may read traces from, besides here."""
        self.app = app
        self.hosts = hosts
        self.headers = {"content-security-policy": page_policy(origins), **EVERY_ANSWER}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            raise RuntimeError(f"this server speaks HTTP only, not {scope['type']}")

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self.refuse(scope["method"], Headers(scope=scope))
        await (refusal or self.app)(scope, receive, send_guarded)

    def refuse(self, method: str, headers: Headers) -> PlainTextResponse | None:
        """The answer to a request that must not be answered, else None."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.hosts.allow(hosts[0]):
            return refusal(400, "This server does not go by that name: open it by the address that it printed.")
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in {f"http://{hosts[0].lower()}", f"https://{hosts[0].lower()}"}:
            return refusal(403, "Pages of other sites may not read from this server.")
        foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if foreign and headers.get("sec-fetch-mode") != "navigate":
            return refusal(403, "Pages of other sites may not read from this server.")
        if method not in ("GET", "HEAD"):
            return refusal(405, "This server only answers GET and HEAD.", {"allow": "GET, HEAD"})
        return None


def refusal(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> PlainTextResponse:
    return PlainTextResponse(sentence + "\n", status, headers)
