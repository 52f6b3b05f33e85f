"""The addresses and what each answers."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from tracer.server.answers import FileAnswers
from tracer.server.course import CourseFile
from tracer.server.files import open_inside
from tracer.server.guard import SANDBOX_POLICY, Guard, Hosts
from tracer.server.listing import Listing
from tracer.server.origins import with_origins
from tracer.server.site import NOT_BUILT, Site
from tracer.server.sources import Sources

__all__ = ["create_app"]

READ = ["GET", "HEAD"]
NO_TRACE = "There is no such trace here; the start page lists those that there are."
SANDBOXED = {"content-security-policy": SANDBOX_POLICY}
IMMUTABLE = {"cache-control": "public, max-age=31536000, immutable"}


def create_app(site: Site, hosts: Hosts, origins: Sequence[str] = ()) -> ASGIApp:
    """The web application that serves `site` to whoever calls it by one of `hosts`.

    `origins`: other addresses whose traces its pages may open, as `tracer.server.origins.origin` writes them.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    answers = FileAnswers()
    sources = Sources(site.traces, site.lectures)
    listing = Listing(site.traces, sources)
    course = CourseFile(site.lectures)

    async def answer(request: Request, folder: Path, path: str, headers: Mapping[str, str]) -> Response | None:
        file = await run_in_threadpool(open_inside, folder, path)
        return None if file is None else await answers.answer(file, path, request, headers)

    @app.api_route("/api/traces", methods=READ)
    async def traces() -> Response:
        return Response(await run_in_threadpool(listing.to_json), media_type="application/json")

    @app.api_route("/api/course", methods=READ)
    async def contents() -> Response:
        return Response(await run_in_threadpool(course.to_json), media_type="application/json")

    @app.api_route("/api/sources/{name}", methods=READ)
    async def changed(name: str) -> Response:
        found = await run_in_threadpool(sources.to_json, name)
        return missing(NO_TRACE) if found is None else Response(found, media_type="application/json")

    @app.api_route("/var/traces/{name}", methods=READ)
    async def trace(request: Request, name: str) -> Response:
        found = await answer(request, site.traces, name, SANDBOXED) if name.endswith(".json") else None
        return found or missing(NO_TRACE)

    @app.api_route("/var/files/{path:path}", methods=READ)
    @app.api_route("/var/traces/files/{path:path}", methods=READ)
    async def stored_file(request: Request, path: str) -> Response:
        return await answer(request, site.files, path, SANDBOXED) or missing("There is no such stored file.")

    @app.api_route("/lectures/images/{path:path}", methods=READ)
    async def image(request: Request, path: str) -> Response:
        return await answer(request, site.images, path, SANDBOXED) or missing(
            "There is no such picture in lectures/images."
        )

    @app.api_route("/{path:path}", methods=READ)
    async def viewer(request: Request, path: str) -> Response:
        if origins and path in ("", "index.html"):
            page = await run_in_threadpool(start_page, site.viewer)
            return not_built() if page is None else HTMLResponse(with_origins(page, origins))
        hashed = path.startswith("assets/")
        found = await answer(request, site.viewer, path or "index.html", IMMUTABLE if hashed else {})
        if found:
            return found
        if path in ("", "index.html"):
            return not_built()
        return missing("There is nothing at this address; the start page is at /.")

    return Guard(app, hosts, origins)


def start_page(viewer: Path) -> str | None:
    file = open_inside(viewer, "index.html")
    if file is None:
        return None
    with file:
        return file.readall().decode("utf-8", "replace")


def missing(sentence: str) -> PlainTextResponse:
    return PlainTextResponse(sentence + "\n", 404)


def not_built() -> HTMLResponse:
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Viewer not built</title><p>{html.escape(NOT_BUILT)}</p>'
    return HTMLResponse(page + "\n", 503)
