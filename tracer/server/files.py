"""Opening a file that must lie inside a folder, and the types that are served."""

from __future__ import annotations

import os
import stat
from io import FileIO
from pathlib import Path

__all__ = ["COMPRESSIBLE", "media_type", "open_inside"]

MEDIA_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""By ending: fixed here, because what the operating system says differs from one machine to the next."""

UNKNOWN = "application/octet-stream"
"""What a browser downloads and never interprets."""

COMPRESSIBLE = frozenset({".css", ".csv", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest"})


def media_type(name: str) -> str:
    return MEDIA_TYPES.get(Path(name).suffix.lower(), UNKNOWN)


def open_inside(folder: Path, relative: str) -> FileIO | None:
    """Open the plain file at `relative` (segments joined by `/`, decoded) inside `folder` for reading, or return None.

    None stands for everything that is not answered: a path that would leave the folder, by name or by symbolic link; a
    hidden file; a folder, pipe or device; a file that is missing or may not be read. Which it was is not told.
    """
    segments = relative.split("/")
    if not all(map(is_plain, segments)):
        return None
    try:
        root = folder.resolve(strict=True)
        path = root.joinpath(*segments).resolve(strict=True)
        if not path.is_relative_to(root):
            return None
        # Should the file become a link or a pipe after that look, these flags refuse the one and do not wait for the other.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | BINARY)
    except (OSError, ValueError, RuntimeError):
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    return os.fdopen(handle, "rb", buffering=0)


BINARY = getattr(os, "O_BINARY", 0)


def is_plain(segment: str) -> bool:
    """Whether a path segment can only be the name of a visible file or folder, on any system."""
    return segment[:1] not in ("", ".") and segment.isprintable() and not set(segment) & set('\\/:*?"<>|')
