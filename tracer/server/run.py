"""Binding the port, starting, opening a browser, stopping at once."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence

import uvicorn

from tracer.server.app import create_app
from tracer.server.guard import Hosts, is_wildcard
from tracer.server.site import NOT_BUILT, Site

__all__ = ["CannotListen", "run"]


class CannotListen(Exception):
    """The address cannot be served at. The message is one sentence for a person."""


def run(
    site: Site, host: str, port: int, open_path: str, open_browser: bool | None, origins: Sequence[str] = ()
) -> None:
    """Serve until Ctrl-C. `open_path` is what is printed and opened. Raises CannotListen.

    `origins`: see `create_app`.
    """
    listener = listen(host, port)
    bound, port = listener.getsockname()[:2]  # what was asked for may be a name, or port 0
    address = f"http://{url_host(host, bound)}:{port}{open_path}"

    def ready() -> None:
        if not (site.viewer / "index.html").is_file():
            print(NOT_BUILT, file=sys.stderr)
        if is_wildcard(bound):
            print(
                "Every machine that can reach this one can read the traces, the files and the pictures served here; "
                "leave out --host to serve this machine alone."
            )
        print(f"Serving {address}\nPress Ctrl-C to stop.", flush=True)
        if at_a_desktop() if open_browser is None else open_browser:
            # Apart: starting a browser can take seconds.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    config = uvicorn.Config(
        create_app(site, Hosts(host, bound), origins),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(config, ready).run(sockets=[listener])


class Server(uvicorn.Server):
    """A uvicorn that says when it answers, and that stops at once."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Left alone, uvicorn waits for whoever is still reading, which a stalled or endless download makes for ever.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at the address. Port 0 takes a free one. Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise CannotListen(f"There is no host {host!r}: leave out --host to serve this machine alone.") from None
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere this would let two servers share one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise CannotListen(why_not(error, host, port)) from None
    return listener


def why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return (
            f"Port {port} is in use, perhaps by another viewer: stop that, or choose another port with --port {other} "
            f"(with make: PORT={other})."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is not yours to use: choose one from 1024 on with --port, such as --port 8000."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine: leave out --host to serve this machine alone."
    return f"Cannot serve at {host}, port {port}: {error.strerror}."


def url_host(host: str, bound: str) -> str:
    """The host to write into an address that is to be opened on this machine."""
    if is_wildcard(bound):
        host = "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def at_a_desktop() -> bool:
    """Whether someone sits before this machine and would see a browser open."""
    if not sys.stdout.isatty() or "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
