"""`Reference`: a paper, a post or a page, and the short label that stands for it in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date as calendar_date
from typing import TYPE_CHECKING

from tracer.authoring.plain import described, plain_text

if TYPE_CHECKING:
    from tracer.format import schema

__all__ = ["Reference", "recorded"]


@dataclass(frozen=True)
class Reference:
    """What a link leads to. `date` is YYYY, YYYY-MM or YYYY-MM-DD; all fields are optional.

    Raises TypeError when a field is not text (or `authors` not a list of texts).
    """

    title: str | None = None
    authors: list[str] | None = None
    organization: str | None = None
    date: str | None = None
    url: str | None = None
    description: str | None = None
    notes: str | None = None

    def __post_init__(self) -> None:
        authors: object = self.authors
        if isinstance(authors, str):
            authors = [authors]
        if authors is not None:
            if not isinstance(authors, list | tuple) or not all(isinstance(author, str) for author in authors):
                raise TypeError(f'Reference() takes authors as a list such as ["Ada Lovelace"], not {authors!r:.80}.')
            object.__setattr__(self, "authors", [plain_text(author) for author in authors])
        date: object = self.date
        if isinstance(date, calendar_date):
            object.__setattr__(self, "date", date.isoformat()[:10])
        elif isinstance(date, int):
            object.__setattr__(self, "date", str(date))
        for field in ("title", "organization", "date", "url", "description", "notes"):
            value = getattr(self, field)
            if value is None:
                continue
            if not isinstance(value, str):
                raise TypeError(f"Reference() takes {field} as a string, not {described(value)}.")
            object.__setattr__(self, field, plain_text(value))

    @property
    def label(self) -> str:
        """A short name: [Author+ 2020] from the authors, else the title, the organization or the address in brackets."""
        year = f" {self.date[:4]}" if self.date else ""
        if self.authors and (name := _short_name(self.authors[0])):
            others = "+" if len(self.authors) > 1 and not _is_team(self.authors[0]) else ""
            return f"[{name}{others}{year}]"
        if self.title:
            return f"[{self.title}]"
        if self.organization:
            return f"[{self.organization}{year}]"
        return f"[{self.url}]" if self.url else "?"


def recorded(reference: Reference) -> schema.Reference:
    """`reference` as the record keeps it."""
    from tracer.format import schema

    return schema.Reference(
        title=reference.title,
        authors=reference.authors,
        organization=reference.organization,
        date=reference.date,
        url=reference.url,
        description=reference.description,
        notes=reference.notes,
    )


def _is_team(author: str) -> bool:
    """Whether a whole team signs as one author: "Kimi Team", "GLM-4.5 Team"."""
    return re.search(r"\bTeam\b", author) is not None


def _short_name(author: str) -> str:
    """The family name, whether written "Tom Brown" or "Brown, Tom"; a team's name whole."""
    author = author.strip()
    if _is_team(author):
        return author
    family, comma, _given = author.partition(",")
    return family.strip() if comma else (author.split() or [""])[-1]
