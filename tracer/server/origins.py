"""Other addresses that the owner of this server lets the viewer open traces from."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

__all__ = ["TAG", "origin", "with_origins"]

TAG = '<meta name="allowed-trace-origins" content="" />'
"""Where the viewer's page looks for them. A static site may fill it in by hand."""

_ORIGIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/?")


def origin(text: str) -> str:
    """An origin as browsers write it, such as `https://example.org` or `http://localhost:9000`. Raises ValueError.

    It goes into a security policy and into a page, so that nothing else may be in it: no path, no pattern, no other scheme.
    """
    found = _ORIGIN.fullmatch(text.lower())
    if not found:
        raise ValueError(f"{text!r} is not an origin: write it as https://example.org, without a path")
    scheme, host, port = found.groups()
    standard = {"http": ":80", "https": ":443"}[scheme]
    return f"{scheme}://{host}{'' if port in (None, standard) else port}"


def with_origins(page: str, origins: Sequence[str]) -> str:
    """The viewer's page with its tag filled in, or with one, where it was built without."""
    tag = TAG.replace('content=""', f'content="{html.escape(" ".join(origins))}"')
    filled = re.sub(r'<meta\s+name="allowed-trace-origins"[^>]*>', lambda _: tag, page, count=1)
    return filled if filled != page else page.replace("<head>", f"<head>{tag}", 1)
