"""`link` and `url_reference`: ways out of the lecture, to papers and pages, and ways into its own source."""

from __future__ import annotations

import dataclasses
import re
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tracer.authoring.plain import Style, check_style, described, plain_text
from tracer.authoring.recording import active
from tracer.authoring.reference import Reference, recorded

if TYPE_CHECKING:
    from tracer.authoring.recording import Recorder

__all__ = ["link", "url_reference"]

FIELDS = frozenset(field.name for field in dataclasses.fields(Reference))


def link(arg: object = None, style: Style | None = None, **fields: Any) -> None:
    """Show a link. Its forms:

    * `link(title="…", url="…")`, with any field of `Reference`;
    * `link("https://…")`: for a paper on arXiv or with a DOI, its authors and year are looked up (once, then cached);
    * `link(reference)`;
    * `link(thing)`: to the source of a function, class or module (`title=` replaces its name).

    Raises TypeError for any other argument and ValueError for an address that is not a web address.
    """
    checked = check_style("link", style)
    _check_fields("link", fields)
    if isinstance(arg, str):
        if "url" in fields:
            raise TypeError("link() takes one address: as its first argument or as url=, not both.")
        reference = url_reference(arg, **fields)
    elif arg is None:
        if not fields:
            raise TypeError('link() needs something to lead to, such as link(title="…", url="https://…").')
        reference = Reference(**fields)
    elif isinstance(arg, Reference):
        reference = dataclasses.replace(arg, **fields) if fields else arg
    elif callable(arg) or isinstance(arg, ModuleType | property):
        title = Reference(**fields).title
        if (recorder := active()) is not None:
            _to_source(recorder, arg, checked, title)
        return
    else:
        raise TypeError(f"link() takes an address, a Reference, or a function, class or module, not {described(arg)}.")
    _check_address("link", reference.url)
    if (recorder := active()) is not None:
        from tracer.format.schema import Link

        if reference.url and reference == Reference(url=reference.url):
            reference = _looked_up(recorder, reference.url)
        recorder.emit(Link(label=reference.label, reference=recorded(reference), style=checked))


def url_reference(url: str, **fields: Any) -> Reference:
    """A `Reference` to `url`, not shown. A paper's title, authors and date are looked up; `fields` that are given win.

    Without the tracer, or when the paper cannot be looked up, it has only what was given.
    """
    if not isinstance(url, str):
        raise TypeError(f"url_reference() takes an address as a string, not {described(url)}.")
    _check_fields("url_reference", fields)
    _check_address("url_reference", url)
    recorder = active()
    reference = Reference(url=url) if recorder is None else _looked_up(recorder, url)
    return dataclasses.replace(reference, **fields)


def _check_fields(function: str, fields: dict[str, Any]) -> None:
    for name in fields:
        if name not in FIELDS:
            raise TypeError(f"{function}() has no argument {name!r}; a reference has {', '.join(sorted(FIELDS))}.")


def _check_address(function: str, url: str | None) -> None:
    """Refuses what a browser would run rather than open (`javascript:`); relative addresses are fine."""
    if url is None:
        return
    scheme = re.match(r"[\x00-\x20]*([^/?#:]*):", url)
    if scheme and scheme[1].lower() not in ("http", "https", "mailto"):
        raise ValueError(f"{function}() leads to http, https and mailto addresses, not to {url!r:.120}.")


def _looked_up(recorder: Recorder, url: str) -> Reference:
    """What is known of `url`: a paper's metadata, from the cache or the network; else the bare address."""
    from tracer.authoring.downloads import Unavailable
    from tracer.authoring.papers import look_up

    try:
        return look_up(url, recorder.cache) or Reference(url=url)
    except Unavailable as error:
        if not error.again:
            recorder.notice(f"{plain_text(url)} is shown as a plain link: {error}")
        return Reference(url=url)


def _to_source(recorder: Recorder, thing: object, style: Style | None, title: str | None) -> None:
    from tracer.authoring.definitions import NoSource, find, short_path
    from tracer.format.schema import Link

    try:
        definition = find(thing)
    except NoSource as reason:
        recorder.notice(f"link({reason.name}) leads nowhere: {reason}")
        recorder.emit(Link(label=title or reason.name, style=style))
        return
    label = title or definition.name
    target = recorder.target(definition.path, definition.line, definition.name)
    if target is None:
        label += f" ({plain_text(short_path(definition.path))}:{definition.line})"
    recorder.emit(Link(label=label, target=target, style=style))
