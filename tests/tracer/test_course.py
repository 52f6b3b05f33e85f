"""Reading the table of contents: what is right is read, what is wrong is told with its line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.course import LARGEST, Course, CourseLecture, CourseProblem, Needs, parse_course, read_course

LECTURE = "title: A course\nlectures:\n  - id: lecture_01\n    order: 1\n    title: Beginnings\n"


def problem(text: str | bytes) -> str:
    with pytest.raises(CourseProblem) as raised:
        parse_course(text.encode() if isinstance(text, str) else text)
    sentence = str(raised.value)
    assert sentence.startswith("course.yaml")
    assert sentence.endswith((".", "?"))
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


def test_all_that_can_be_said() -> None:
    course = parse_course(
        b"""
title: " A course "
description: >-
  Two lines
  of words.
lectures:
  - {id: two, order: 2, title: "2: two", summary: Words., needs: {gpu: 8, ranks: 16, seconds: 1.5e+3}, costs: true}
  - id: one
    order: 0
    title: One
    needs: {}
"""
    )
    assert course == Course(
        title="A course",
        description="Two lines of words.",
        lectures=(
            CourseLecture("one", 0, "One", command="python execute.py -m one"),
            CourseLecture("two", 2, "2: two", "Words.", Needs(8, 16, 1500.0), True, "python execute.py -m two --costs"),
        ),
    )


def test_a_part_may_be_written_once_and_meant_twice() -> None:
    text = LECTURE + "    needs: &little {seconds: 5}\n  - {id: two, order: 2, title: Two, needs: *little}\n"
    assert [lecture.needs.seconds for lecture in parse_course(text.encode()).lectures] == [5, 5]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("titel: A\nlectures: []", 1, "`titel`: did you mean `title`?"),
        ("title: A\nzzz: 1\nlectures: []", 2, "it may have `description`, `lectures` and `title`."),
        ("title: A", 1, "lacks `lectures`"),
        ("title: A\ntitle: B\nlectures: []", 2, "twice"),
        ("title: [A]\nlectures: []", 1, "`title` of the course must be words"),
        ("title: 2026\nlectures: []", 1, "put quotes around"),
        ("title: ''\nlectures: []", 1, "some words"),
        (f"title: {'A' * 300}\nlectures: []", 1, "shorten it"),
        ("title: A\nlectures: 5", 2, "must be a list"),
        ("title: A\nlectures: [5]", 2, "lecture 1 of the list must have keys"),
        ("- title: A", 1, "must have keys"),
        (LECTURE + "    sumary: B", 6, "did you mean `summary`?"),
        (LECTURE + "    needs: 3", 6, "needs must have keys"),
        (LECTURE + "    needs: {gpus: 1}", 6, "did you mean `gpu`?"),
        (LECTURE + "    needs: {gpu: many}", 6, "a whole number from 0"),
        (LECTURE + "    needs: {gpu: 0.5}", 6, "a whole number"),
        (LECTURE + "    needs: {gpu: true}", 6, "a whole number"),
        (LECTURE + "    needs: {ranks: 0}", 6, "from 1 to"),
        (LECTURE + "    needs: {seconds: -1}", 6, "a number from 0"),
        (LECTURE + "    needs: {seconds: .inf}", 6, "a number from 0"),
        (LECTURE + "    needs: {seconds: .nan}", 6, "a number from 0"),
        (LECTURE + f"    needs: {{gpu: {'9' * 5000}}}", 6, "a whole number"),
        (LECTURE + "    needs: {seconds: 1:30}", 6, "a number from 0"),
        (LECTURE + "    costs: 1", 6, "true or false"),
        (LECTURE + "  - {id: lecture_01, order: 2, title: B}", 6, "second lecture has the id lecture_01"),
        (LECTURE + "  - {id: b, order: 1, title: B}", 6, "second lecture has the order 1"),
        (LECTURE.replace("lecture_01", "../secret"), 3, "the name of a file in lectures/"),
        (LECTURE.replace("lecture_01", "'one; rm -rf .'"), 3, "the name of a file in lectures/"),
        ("title: A\n  b: [", 2, "not YAML"),
        ("title: A\nlectures: &all [*all]", 2, "lecture 1 of the list"),
        ("title: !!python/object/apply:os.system [true]\nlectures: []", 1, "must be words"),
        ("title: A\n<<: {lectures: []}", 2, "no key `<<`"),
        ("? [a, b]\n: 1", 1, "no key"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, words: str) -> None:
    sentence = problem(text)
    assert f", line {line}: " in sentence
    assert words in sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"# nothing but words\n", "empty"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"title: a\x00", "not YAML"),
        (b"[" * 50_000, "nested too deep"),
        (b"title: A\nlectures: [" + b"5, " * 600 + b"]", "at most 500"),
        (b"#" * (LARGEST + 1), "keep summaries short"),
    ],
)
def test_what_is_no_table_of_contents(content: bytes, words: str) -> None:
    assert words in problem(content)


def test_aliases_of_aliases_are_not_unfolded() -> None:
    """Each line is ten times the one before: a hundred million texts, were they made."""
    bomb = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10) if i else 'x'}]" for i in range(9))
    assert "no key `a0`" in problem(bomb)
    assert "must be words" in problem("title: &a [x, x]\ndescription: [*a, *a]\nlectures: []\n")


def test_a_file(tmp_path: Path) -> None:
    with pytest.raises(CourseProblem, match=r"course\.yaml cannot be read: No such file"):
        read_course(tmp_path / "course.yaml")
    (tmp_path / "course.yaml").write_text(LECTURE, encoding="utf-8")
    assert read_course(tmp_path / "course.yaml").lectures[0].id == "lecture_01"
