"""Answering with an opened file: ETag, Range, gzip.

The file is read from the one handle that was opened, so what is sent is whole even when its name has come to mean another
file meanwhile.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import re
from collections import OrderedDict
from collections.abc import Mapping
from io import FileIO
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tracer.server.files import COMPRESSIBLE, media_type

__all__ = ["FileAnswers"]

CHUNK = 1 << 20
"""Bytes read at a time: one read costs a switch to another thread, so few and large."""

SMALLEST, LARGEST = 1 << 10, 1 << 28
"""Files of fewer bytes gain nothing from gzip; of more, they would have to be held in memory."""

KEPT = 64 << 20
"""Bytes of compressed files kept in memory."""

LEVEL = 1
"""For gzip. Level 6 takes ten times as long on a large trace and saves another seventh: not worth the wait for the page."""


class FileAnswers:
    """Makes answers out of opened files, and keeps what it compressed for the next time."""

    def __init__(self) -> None:
        self.compressed: OrderedDict[str, bytes] = OrderedDict()
        self.compressing = asyncio.Lock()

    async def answer(self, file: FileIO, name: str, request: Request, headers: Mapping[str, str]) -> Response:
        """The answer to a GET or HEAD of `file`, which it takes over and closes. `name` decides the type."""
        try:
            status = os.fstat(file.fileno())
            size = status.st_size
            tag = f"{status.st_ino:x}-{status.st_mtime_ns:x}-{size:x}"
            plain, packed = f'"{tag}"', f'"{tag}-gzip"'
            compressible = Path(name).suffix.lower() in COMPRESSIBLE and SMALLEST <= size <= LARGEST
            headers = {**headers, "accept-ranges": "bytes", "content-type": media_type(name)}
            if compressible:
                headers["vary"] = "accept-encoding"
            wanted = request.headers.get("range") if request.method == "GET" else None
            gzipped = compressible and wanted is None and accepts_gzip(request.headers.get("accept-encoding", ""))
            headers["etag"] = packed if gzipped else plain

            if names_tag(request.headers.get("if-none-match", ""), plain, packed):
                file.close()
                kept = ("etag", "vary", "cache-control")
                return Response(status_code=304, headers={key: headers[key] for key in kept if key in headers})
            if gzipped:
                body = await self.compress(file, packed)
                file.close()
                return Response(body, headers={**headers, "content-encoding": "gzip"})
            if wanted is None or request.headers.get("if-range", plain) != plain:
                return FileSlice(file, 0, size, 200, headers)
            part = one_range(wanted, size)
            if part is None:
                return FileSlice(file, 0, size, 200, headers)
            start, end = part
            if start >= end:
                file.close()
                return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
            headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
            return FileSlice(file, start, end, 206, headers)
        except BaseException:
            file.close()
            raise

    async def compress(self, file: FileIO, tag: str) -> bytes:
        """The whole of `file`, compressed; one at a time, so that several tabs opening one trace pay for it once."""
        async with self.compressing:
            if tag in self.compressed:
                self.compressed.move_to_end(tag)
                return self.compressed[tag]
            body = await run_in_threadpool(lambda: gzip.compress(file.readall(), LEVEL, mtime=0))
            self.compressed[tag] = body
            while len(self.compressed) > 1 and sum(map(len, self.compressed.values())) > KEPT:
                self.compressed.popitem(last=False)
            return body


class FileSlice(Response):
    """The bytes of `file` from `start` to before `end`, sent as they are read."""

    def __init__(self, file: FileIO, start: int, end: int, status_code: int, headers: Mapping[str, str]) -> None:
        super().__init__(status_code=status_code, headers={**headers, "content-length": str(end - start)})
        self.file, self.start, self.end = file, start, end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self.file as file:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            at = self.end if scope["method"] == "HEAD" else self.start
            file.seek(at)
            while at < self.end:
                chunk = await run_in_threadpool(file.read, min(CHUNK, self.end - at))
                if not chunk:  # the file was cut short in place: closing without the rest tells the browser so
                    return
                at += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": at < self.end})
            if self.start == self.end or scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})


def one_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of the one range of bytes asked for; start ≥ end if there is no such byte.

    None when the header is not a single well-formed range: then the whole file is the right answer (RFC 9110, 14.2).
    """
    found = re.fullmatch(r"\s*bytes\s*=\s*([0-9]{0,18})-([0-9]{0,18})\s*", header)
    if not found or found[1] == found[2] == "":
        return None
    if found[1] == "":
        return max(0, size - int(found[2])), size
    start, last = int(found[1]), size if found[2] == "" else int(found[2])
    return None if found[2] and last < start else (start, min(last + 1, size))


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header lets gzip in: it or `*` is named, and not with a quality of zero."""
    qualities: dict[str, bool] = {}
    for entry in header.lower().split(","):
        coding, *parameters = (part.strip() for part in entry.split(";"))
        qualities[coding] = not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters)
    return qualities.get("gzip", qualities.get("*", False))


def names_tag(header: str, *tags: str) -> bool:
    """Whether an If-None-Match header names one of the ETags. Weak ones count as well (RFC 9110, 13.1.2)."""
    named = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in named or not named.isdisjoint(tags)
