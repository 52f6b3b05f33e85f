"""Strings and other text, bounded and fit for JSON."""

from __future__ import annotations

import re

__all__ = ["clean", "without_addresses"]

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


def clean(text: str, limit: int | None = None) -> str:
    """At most `limit` characters of `text`, a lone surrogate (which UTF-8 cannot hold) replaced by U+FFFD."""
    if limit is not None and str.__len__(text) > limit:
        text = text[:limit]
    return text if text.isascii() else _LONE_SURROGATES.sub("\ufffd", text)


def without_addresses(text: str) -> str:
    """`<generator object f at 0x7f…>` without its address: one program has one record, wherever memory happened to lie."""
    return _ADDRESS.sub("", text)
