from __future__ import annotations

import dataclasses
import functools
import json
import types
from datetime import date
from pathlib import Path

import pytest

from tests.tracer.authoring.keeping import Keeping
from tests.tracer.authoring.web import Web
from tracer import Reference, link, url_reference
from tracer.authoring import downloads, papers
from tracer.format import schema

ARXIV_PAGE = b"""<!DOCTYPE html><html><head><title>x</title>
<meta name="citation_title" content="Words &amp;  their
 pieces" /><meta name="citation_author" content="Lovelace, Ada"/><meta name="citation_author" content="Team B"/>
<meta name="citation_date" content="2021/03/09"/><meta name="citation_abstract" content="We   cut words.">
</head><body><meta name="citation_author" content="Not, An Author"></body></html>"""


# ------------------------------------------------------------------------------------------------------------- references


@pytest.mark.parametrize(
    ("reference", "label"),
    [
        (Reference(authors=["Tom Brown", "Ben Mann"], date="2020-05-28", title="T"), "[Brown+ 2020]"),
        (Reference(authors=["Tom Brown"], date="2020"), "[Brown 2020]"),
        (Reference(authors=["Brown, Tom", "Mann, Ben"], date="2020"), "[Brown+ 2020]"),
        (Reference(authors=["Kimi Team", "Ada Lovelace"], date="2025-07"), "[Kimi Team 2025]"),
        (Reference(authors=["Ada Lovelace"]), "[Lovelace]"),
        (Reference(authors=[" "], title="T"), "[T]"),
        (Reference(title="A post", url="https://example.org"), "[A post]"),
        (Reference(organization="A lab", date="2024"), "[A lab 2024]"),
        (Reference(url="https://example.org"), "[https://example.org]"),
        (Reference(), "?"),
    ],
)
def test_label(reference: Reference, label: str) -> None:
    assert reference.label == label


def test_fields_stand_in_edtraces_order_and_are_frozen() -> None:
    reference = Reference("T", ["A"], "O", "2020", "https://u", "D", "N")
    assert list(dataclasses.asdict(reference).values()) == ["T", ["A"], "O", "2020", "https://u", "D", "N"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        reference.title = "U"  # type: ignore[misc]


def test_fields_are_made_plain() -> None:
    assert Reference(authors="Ada Lovelace").authors == ["Ada Lovelace"]  # type: ignore[arg-type]
    assert Reference(date=date(2020, 5, 28)).date == "2020-05-28"  # type: ignore[arg-type]
    assert Reference(date=2020).date == "2020"  # type: ignore[arg-type]
    assert Reference(title="\ud800").title == "�"


@pytest.mark.parametrize("fields", [{"title": 3}, {"authors": [1]}, {"authors": 5}, {"url": b"x"}])
def test_fields_must_be_text(fields: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"^Reference\(\) takes "):
        Reference(**fields)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------------- links leading out


def test_link_with_title_and_url(kept: Keeping, web: Web) -> None:
    link(title="A page", url=web.address + "/page", notes="Section 2")
    shown = kept.only(schema.Link)
    assert shown.label == "[A page]"
    assert shown.reference == schema.Reference(title="A page", url=web.address + "/page", notes="Section 2")
    assert web.asked == []


def test_link_to_an_address_or_a_reference(kept: Keeping) -> None:
    link("https://example.org/post", {"color": "red"}, title="Post")
    link("?trace=lecture_02.json")
    link(Reference(title="Old", url="https://example.org"), title="New")
    first, second, third = (output for output in kept.shown if isinstance(output, schema.Link))
    assert (first.label, first.style) == ("[Post]", {"color": "red"})
    assert second.label == "[?trace=lecture_02.json]"
    assert third.label == "[New]"


@pytest.mark.usefixtures("either_way")
def test_links_that_are_none_are_refused() -> None:
    for address in ("javascript:alert(1)", " java\nscript:x", "data:text/html,x", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="leads to http, https and mailto addresses"):
            link(address)
        with pytest.raises(ValueError, match="leads to http, https and mailto addresses"):
            link(Reference(title="x", url=address))
    with pytest.raises(TypeError, match="needs something to lead to"):
        link()
    with pytest.raises(TypeError, match="not an int"):
        link(3)
    with pytest.raises(TypeError, match="no argument 'tittle'"):
        link("https://example.org", tittle="x")
    with pytest.raises(TypeError, match="not both"):
        link("https://example.org", url="https://example.org")
    with pytest.raises(TypeError, match="an address as a string"):
        url_reference(None)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------------------- papers


@pytest.fixture
def arxiv(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setattr(papers, "ARXIV", web.address + "/abs/")
    monkeypatch.setattr(papers, "DOI", web.address + "/")
    web.body("/abs/2103.01234", ARXIV_PAGE, "text/html")
    return web


@pytest.mark.parametrize(
    "address",
    [
        "https://arxiv.org/abs/2103.01234",
        "https://arxiv.org/abs/2103.01234v2",
        "http://arxiv.org/pdf/2103.01234",
        "https://www.arxiv.org/pdf/2103.01234v1.pdf",
        "https://arxiv.org/html/2103.01234#S2",
    ],
)
def test_an_arxiv_link_finds_its_authors(kept: Keeping, arxiv: Web, address: str) -> None:
    link(address)
    shown = kept.only(schema.Link)
    assert shown.label == "[Lovelace+ 2021]"
    assert shown.reference == schema.Reference(
        title="Words & their pieces",
        authors=["Ada Lovelace", "Team B"],
        date="2021-03-09",
        url=address,
        description="We cut words.",
    )
    assert arxiv.asked == ["/abs/2103.01234"]
    assert kept.said == []


def test_a_paper_is_asked_for_once_and_for_ever(kept: Keeping, arxiv: Web) -> None:
    for _ in range(3):
        downloads.network.__init__()  # type: ignore[misc]
        assert url_reference("https://arxiv.org/abs/2103.01234", notes="n").authors == ["Ada Lovelace", "Team B"]
    assert arxiv.asked == ["/abs/2103.01234"]
    assert kept.shown == []


def test_what_the_author_gives_wins(kept: Keeping, arxiv: Web) -> None:
    reference = url_reference("https://arxiv.org/abs/2103.01234", title="Mine", notes="n")
    assert (reference.title, reference.notes, reference.date) == ("Mine", "n", "2021-03-09")


def test_a_bare_reference_is_completed_when_shown(kept: Keeping, arxiv: Web) -> None:
    link(Reference(url="https://arxiv.org/abs/2103.01234"))
    link(Reference(title="Only this", url="https://arxiv.org/abs/2103.01234"))
    assert [output.label for output in kept.shown] == ["[Lovelace+ 2021]", "[Only this]"]  # type: ignore[union-attr]


def test_without_the_tracer_no_network_is_asked(arxiv: Web) -> None:
    assert url_reference("https://arxiv.org/abs/2103.01234", notes="n") == Reference(
        url="https://arxiv.org/abs/2103.01234", notes="n"
    )
    link("https://arxiv.org/abs/2103.01234")
    assert arxiv.asked == []


def test_old_arxiv_numbers_and_addresses_that_are_no_paper(kept: Keeping, arxiv: Web) -> None:
    arxiv.body("/abs/cs/0501001", ARXIV_PAGE)
    link("https://arxiv.org/abs/cs/0501001")
    link("https://arxiv.org/list/cs.CL/recent")
    link("https://arxiv.org.evil.example/abs/2103.01234")
    assert [output.label for output in kept.shown] == [  # type: ignore[union-attr]
        "[Lovelace+ 2021]",
        "[https://arxiv.org/list/cs.CL/recent]",
        "[https://arxiv.org.evil.example/abs/2103.01234]",
    ]
    assert arxiv.asked == ["/abs/cs/0501001"]


def test_a_paper_that_cannot_be_found_is_a_plain_link(kept: Keeping, arxiv: Web) -> None:
    for _ in range(2):
        link("https://arxiv.org/abs/2103.99999")
    assert [output.label for output in kept.shown] == ["[https://arxiv.org/abs/2103.99999]"] * 2  # type: ignore[union-attr]
    assert arxiv.asked == ["/abs/2103.99999"]
    host = arxiv.address.removeprefix("http://")
    assert kept.said == [f"https://arxiv.org/abs/2103.99999 is shown as a plain link: {host} answered 404 Not Found."]


@pytest.mark.parametrize(
    "page", [b"<html>no paper here</html>", b"\xff\xfe\0\x80" * 999, b"<" * 100_000, b"<meta name=citation_title"]
)
def test_hostile_pages_describe_no_paper_and_are_not_kept(kept: Keeping, arxiv: Web, page: bytes) -> None:
    arxiv.body("/abs/2103.00001", page)
    link("https://arxiv.org/abs/2103.00001")
    assert kept.only(schema.Link).label == "[https://arxiv.org/abs/2103.00001]"
    assert "describes no paper" in kept.said[0]
    assert not (kept.cache / "downloads").exists()


def test_a_doi_finds_its_authors(kept: Keeping, arxiv: Web) -> None:
    record = {
        "title": "  Deep\nlearning ",
        "author": [{"given": "Ada", "family": "Lovelace"}, {"literal": "A Team"}, "not an author", {}],
        "issued": {"date-parts": [[2015, 5]]},
        "publisher": "A press",
        "abstract": "<jats:p>Layers.</jats:p>",
    }
    arxiv.body("/10.1038/nature14539", json.dumps(record).encode())
    link("https://doi.org/10.1038/nature14539")
    shown = kept.only(schema.Link)
    assert shown.label == "[Lovelace+ 2015]"
    assert shown.reference == schema.Reference(
        title="Deep learning",
        authors=["Ada Lovelace", "A Team"],
        organization="A press",
        date="2015-05",
        url="https://doi.org/10.1038/nature14539",
        description="Layers.",
    )
    assert arxiv.accepted == [papers.CSL]


@pytest.mark.parametrize(
    "answer",
    [b"<html>", b"[]", b"{}", b"[" * 100_000, b'{"title": ["x"]}', b'{"title": ""}', b"\xff"],
)
def test_hostile_doi_answers_give_a_plain_link(kept: Keeping, arxiv: Web, answer: bytes) -> None:
    arxiv.body("/10.1234/x", answer)
    link("https://doi.org/10.1234/x")
    assert kept.only(schema.Link).label == "[https://doi.org/10.1234/x]"
    assert len(kept.said) == 1


@pytest.mark.parametrize(
    "rest",
    [
        {"author": 3, "issued": {"date-parts": [[]]}},
        {"author": [{"family": 5}], "issued": {"date-parts": "2020"}},
        {"issued": {"date-parts": [[-1, 99999]]}, "publisher": {}},
        {"issued": [], "abstract": ["x"], "title": "A title", "author": [{"family": "\ud800"}]},
    ],
)
def test_a_doi_record_is_read_as_far_as_it_makes_sense(kept: Keeping, arxiv: Web, rest: dict[str, object]) -> None:
    arxiv.body("/10.1234/x", json.dumps({"title": "A title", **rest}).encode())
    link("https://doi.org/10.1234/x")
    reference = kept.only(schema.Link).reference
    assert reference is not None
    assert (reference.title, reference.date) == ("A title", None)


def test_endless_author_lists_are_cut(kept: Keeping, arxiv: Web) -> None:
    many = b"".join(b'<meta name="citation_author" content="N%d, A">' % number for number in range(3000))
    arxiv.body("/abs/2103.00002", b'<head><meta name="citation_title" content="T">' + many)
    authors = url_reference("https://arxiv.org/abs/2103.00002").authors
    assert authors is not None
    assert len(authors) == papers.MOST_AUTHORS + 1
    assert authors[-1] == "…"


# ------------------------------------------------------------------------------------------------------- links to the source

LIBRARY = '''\
"""A library."""
import functools

def plain():
    pass

def loud(function):
    @functools.wraps(function)
    def wrapper():
        return function()
    return wrapper

@loud
def decorated():
    pass

class Thing:
    @property
    def size(self):
        return 0

    @classmethod
    def make(cls):
        pass

    def __call__(self):
        pass

partial = functools.partial(functools.partial(plain))
instance = Thing()
nothing = functools.wraps(len)(lambda: None)
'''


@pytest.fixture
def library(kept: Keeping, tmp_path: Path) -> types.ModuleType:
    """A module in the folder of the lecture, and so in the record."""
    import importlib.util

    path = tmp_path / "library.py"
    path.write_text(LIBRARY)
    spec = importlib.util.spec_from_file_location("library_of_the_test", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    yield module  # type: ignore[misc]
    del sys.modules[module.__name__]


def _line(of: str) -> int:
    return LIBRARY.splitlines().index(of) + 1


@pytest.mark.parametrize(
    ("expression", "name", "line"),
    [
        ("plain", "plain", "def plain():"),
        ("partial", "plain", "def plain():"),
        ("decorated", "decorated", "@loud"),
        ("Thing", "Thing", "class Thing:"),
        ("instance", "Thing", "class Thing:"),
        ("Thing.size", "Thing.size", "    @property"),
        ("Thing.make", "Thing.make", "    @classmethod"),
    ],
)
def test_link_to_the_source(kept: Keeping, library: types.ModuleType, expression: str, name: str, line: str) -> None:
    link(eval(expression, vars(library)))
    shown = kept.only(schema.Link)
    assert shown.label == name
    assert shown.target == schema.Target(file=0, line=_line(line), name=name)
    assert shown.reference is None


def test_link_to_a_module_and_with_another_title(kept: Keeping, library: types.ModuleType) -> None:
    link(library)
    link(library.plain, title="the trainer")
    module, titled = (output for output in kept.shown if isinstance(output, schema.Link))
    assert module.target == schema.Target(file=0, line=1, name="library_of_the_test")
    assert titled.label == "the trainer"
    assert titled.target is not None
    assert titled.target.name == "plain"


def test_source_outside_the_record_is_named_without_a_target(kept: Keeping) -> None:
    link(functools.reduce.__class__)
    link(json.loads)
    outside = kept.last(schema.Link)
    assert outside.target is None
    assert outside.label == f"loads (json/__init__.py:{json.loads.__code__.co_firstlineno})"


@pytest.mark.parametrize("thing", [len, int, types.SimpleNamespace.__init__, dict.fromkeys])
def test_what_is_written_in_c_leads_nowhere_and_says_so(kept: Keeping, thing: object) -> None:
    link(thing)
    assert kept.only(schema.Link).target is None
    assert "has no Python source to show." in kept.said[0]


class Liar:
    def __call__(self) -> None: ...

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


def test_an_object_that_fails_when_looked_at_does_not_stop_the_lecture(kept: Keeping) -> None:
    link(Liar())
    assert kept.only(schema.Link).label == "Liar"
    assert "RuntimeError" in kept.said[0]
