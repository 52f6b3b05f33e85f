"""Who wrote a paper, and when: metadata of arXiv's pages and of DOIs.

arXiv puts `citation_…` meta tags on the page of every paper; doi.org answers with CSL JSON when asked for it (content
negotiation, https://citation.doi.org). Both are read as what they are: text from outside that may hold anything.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from tracer.authoring.downloads import Unavailable, network
from tracer.authoring.plain import plain_text
from tracer.authoring.reference import Reference

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["look_up"]

ARXIV = "https://arxiv.org/abs/"
DOI = "https://doi.org/"
CSL = "application/vnd.citationstyles.csl+json"
LARGEST_PAGE = 2_000_000
MOST_AUTHORS = 100
LONGEST_LINE = 1_000
LONGEST_ABSTRACT = 5_000

ARXIV_ADDRESS = re.compile(
    r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5}|[a-z][a-z.-]{1,20}/\d{7})(?:v\d+)?(?:\.pdf)?/?(?:[?#].*)?",
    re.IGNORECASE,
)
DOI_ADDRESS = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/(10\.\d{4,9}/[^\s?#]+)(?:[?#].*)?", re.IGNORECASE)


def look_up(url: str, cache: Path) -> Reference | None:
    """The reference of a paper on arXiv or with a DOI; None when `url` is neither. Raises Unavailable."""
    if match := ARXIV_ADDRESS.fullmatch(url):
        page = network.fetch(ARXIV + match[1], cache, largest=LARGEST_PAGE, check=_no_paper)
        return _from_page(page, url)
    if match := DOI_ADDRESS.fullmatch(url):
        answer = network.fetch(DOI + match[1], cache, accept=CSL, largest=LARGEST_PAGE, check=_no_record)
        return _from_csl(answer, url)
    return None


def _no_paper(page: bytes) -> str | None:
    return None if _from_page(page, "").title else "arxiv.org sent a page that describes no paper."


def _no_record(answer: bytes) -> str | None:
    try:
        return None if _from_csl(answer, "").title else "doi.org sent a record without a title."
    except Unavailable as error:
        return str(error)


def _from_page(page: bytes, url: str) -> Reference:
    tags = _meta_tags(page.decode("utf-8", "replace"))

    def first(name: str, longest: int = LONGEST_LINE) -> str | None:
        return next((text for found in tags.get(name, []) if (text := _line(found, longest))), None)

    return Reference(
        title=first("citation_title"),
        authors=_names([_given_first(author) for author in tags.get("citation_author", [])]),
        date=_date(first("citation_date") or first("citation_online_date")),
        url=url,
        description=first("citation_abstract", LONGEST_ABSTRACT) or first("og:description", LONGEST_ABSTRACT),
    )


def _meta_tags(page: str) -> dict[str, list[str]]:
    """The contents of the `<meta>` tags in a page's head, by name."""
    from html.parser import HTMLParser

    tags: dict[str, list[str]] = {}

    class Head(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "meta":
                given = dict(attrs)
                name, content = given.get("name") or given.get("property"), given.get("content")
                if name and content:
                    tags.setdefault(name.lower(), []).append(content)

    head = page[:400_000].partition("</head>")[0]
    with contextlib.suppress(Exception):  # the parser asserts where it meets a malformed declaration
        Head(convert_charrefs=True).feed(head)
    return tags


def _from_csl(answer: bytes, url: str) -> Reference:
    """A CSL item (https://docs.citationstyles.org/en/stable/specification.html#appendix-iv-variables) as a reference."""
    try:
        item = json.loads(answer)
    except (ValueError, RecursionError):
        raise Unavailable("doi.org sent what is not JSON.") from None
    if not isinstance(item, dict):
        raise Unavailable("doi.org sent what is not the record of a paper.")
    return Reference(
        title=_line(item.get("title"), LONGEST_LINE),
        authors=_names([_csl_name(author) for author in _list(item.get("author"))]),
        organization=_line(item.get("publisher"), LONGEST_LINE),
        date=_csl_date(item.get("issued")),
        url=url,
        description=_line(re.sub(r"<[^<>]{0,200}>", " ", _text(item.get("abstract"))), LONGEST_ABSTRACT),
    )


def _csl_name(author: Any) -> str:
    if not isinstance(author, dict):
        return ""
    parts = (author.get("given"), author.get("non-dropping-particle"), author.get("family"), author.get("suffix"))
    return " ".join(filter(None, map(_text, parts))) or _text(author.get("literal")) or _text(author.get("name"))


def _csl_date(issued: Any) -> str | None:
    """The first date of CSL's `{"date-parts": [[2020, 5, 28]]}`, as far as it is given."""
    dates = _list(issued.get("date-parts")) if isinstance(issued, dict) else []
    parts = [str(part) for part in _list(dates[0] if dates else None)[:3]]
    if not parts or not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    return "-".join([parts[0].zfill(4), *(part.zfill(2) for part in parts[1:])])


def _given_first(author: str) -> str:
    """ "Brown, Tom B." as "Tom B. Brown"."""
    family, _, given = author.partition(",")
    return f"{given} {family}"


def _names(authors: list[str]) -> list[str] | None:
    names = [name for author in authors[: MOST_AUTHORS + 1] if (name := _line(author, 200))]
    return [*names[:MOST_AUTHORS], "…"] if len(names) > MOST_AUTHORS else names or None


def _date(found: str | None) -> str | None:
    match = re.match(r"\d{4}(?:[-/]\d{1,2}){0,2}", found or "")
    return "-".join(part.zfill(2) for part in re.split("[-/]", match[0])) if match else None


def _line(found: Any, longest: int) -> str | None:
    """`found` as one line without runs of spaces, no longer than `longest`; None when nothing is left."""
    line = " ".join(_text(found)[: 4 * longest].split())
    return (line if len(line) <= longest else line[: longest - 1] + "…") or None


def _text(found: Any) -> str:
    return plain_text(found) if isinstance(found, str) else ""


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
