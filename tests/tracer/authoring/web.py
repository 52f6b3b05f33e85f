"""A web server on the loopback interface, with the pages, pictures and misbehaviour that lectures meet outside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class Web:
    """`pages` maps a path to what answers there; `asked` lists the paths (and `accepted` the Accept headers) that came."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.pages: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.accepted: list[str | None] = []
        self.released = threading.Event()
        """Set when the test ends: what makes the slow pages go on, so that no thread outlives its test."""

    def body(self, path: str, body: bytes, kind: str = "application/octet-stream") -> str:
        """Answer `path` with `body`; returns its address."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Type", kind)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

        return self.page(path, answer)

    def page(self, path: str, answer: Answer) -> str:
        self.pages[path] = answer
        return self.address + path


@contextmanager
def serving() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(self.path)
            web.accepted.append(self.headers["Accept"])
            answer = web.pages.get(self.path)
            try:
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)
            except OSError:
                pass  # the client has hung up, as it should on some of these

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web = Web(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield web
    finally:
        web.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
