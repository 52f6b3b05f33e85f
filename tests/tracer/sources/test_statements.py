from __future__ import annotations

import ast
import sysconfig
import textwrap
from pathlib import Path

import pytest

from tracer.sources.statements import StatementTable


def spans(source: str) -> list[tuple[int, int]]:
    return sorted(set(StatementTable(textwrap.dedent(source).lstrip("\n")).by_line.values()))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1\nb = 2\n", [(1, 1), (2, 2)]),
        ("a = 1; b = 2\n", [(1, 1)]),
        ("f(\n  1,\n)\n", [(1, 3)]),
        ("for i in r: a += i\n", [(1, 1)]),
        ("for i in (\n  r\n):\n\n  # why\n  a += i\n", [(1, 3), (6, 6)]),
        ("if a:\n  b\nelif c:\n  d\nelse:\n  e\n", [(1, 1), (2, 2), (3, 3), (4, 4), (6, 6)]),
        ("try:\n  a\nexcept E as e:\n  b\nfinally:\n  c\n", [(1, 1), (2, 2), (3, 3), (4, 4), (6, 6)]),
        ("@deco\n@other(\n 1)\ndef f(\n  a,\n):\n  return a\n", [(1, 6), (7, 7)]),
        ("class A:\n  '''doc'''\n  x = 1\n", [(1, 1), (2, 2), (3, 3)]),
        ("match x:\n  case 1 if (\n    y):\n    a\n  case _:\n    b\n", [(1, 1), (2, 3), (4, 4), (5, 5), (6, 6)]),
        ("with (\n  a as b,\n  c,\n):\n  d\n", [(1, 4), (5, 5)]),
        ("x = [\n  1,\n]; y = 2\n", [(1, 3)]),
        ("x = [i\n  for i in r\n  if i]\n", [(1, 3)]),
        ('text("""\n# not a comment\n""")\n', [(1, 3)]),
        ("x = '\x85\u2028'\n\x0cif (\n  x):\n\x0c\n  y\n", [(1, 1), (2, 3), (5, 5)]),
    ],
)
def test_spans(source: str, expected: list[tuple[int, int]]) -> None:
    assert spans(source) == expected


def test_functions_end_where_their_body_does() -> None:
    table = StatementTable("@deco\ndef f():\n  def g():\n    return 1\n\n  return g\n\nclass A:\n  x = 1\n")
    assert table.functions == {1: (1, 6), 3: (3, 4), 8: (8, 9)}


def test_a_line_without_a_statement_belongs_to_the_one_before() -> None:
    table = StatementTable("if a:\n  b\nelse:\n  c\n")
    assert table.at(3) == (2, 2)
    assert StatementTable("\n\n").at(1) == (1, 1)


def test_long_and_deep_programs_fit_on_the_stack() -> None:
    assert spans("x = " + " + ".join(["1"] * 1500) + "\n") == [(1, 1)]
    chain = "if a == 0:\n  x\n" + "".join(f"elif a == {number}:\n  x\n" for number in range(1, 300))
    assert spans(chain) == [(line, line) for line in range(1, 601)]


def test_every_line_of_code_in_the_standard_library_is_mapped() -> None:
    """What the compiler calls a line, the table must know: over many files of an author who never heard of it."""
    folder = Path(sysconfig.get_path("stdlib"))
    checked = 0
    for path in sorted(folder.glob("*.py"))[::4]:
        source = path.read_text(encoding="utf-8")
        table = StatementTable(source)
        statements = {node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)}
        assert statements <= table.by_line.keys(), path
        pending = [compile(source, str(path), "exec")]
        while pending:
            code = pending.pop()
            pending += [constant for constant in code.co_consts if hasattr(constant, "co_code")]
            lines = {line for _, _, line in code.co_lines() if line}
            missing = {line for line in lines if line not in table.by_line}
            assert not missing, (path, code.co_name, missing)
            checked += len(lines)
    assert checked > 10_000
