"""The table, for a terminal and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Row:
    """A figure of ours beside those of others. `met` is None where nothing was aimed at, or nothing was measured.

    `times_untraced`: the whole run of ours over that of no tool. `times_ours`: the peer's cost over ours.
    """

    label: str
    cells: dict[str, str] = field(default_factory=dict)
    times_untraced: str = ""
    times_ours: str = ""
    target: str = ""
    met: bool | None = None


def header(columns: list[tuple[str, str]]) -> list[str]:
    return ["", *(title for _, title in columns), "ours/untraced", "edtrace/ours", "to reach", "met"]


def cells(row: Row, columns: list[tuple[str, str]]) -> list[str]:
    met = "" if row.met is None else "yes" if row.met else "NO"
    return [
        row.label,
        *(row.cells.get(name, "") for name, _ in columns),
        row.times_untraced,
        row.times_ours,
        row.target,
        met,
    ]


def as_text(rows: list[Row], columns: list[tuple[str, str]]) -> str:
    lines = [header(columns), *(cells(row, columns) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_markdown(rows: list[Row], columns: list[tuple[str, str]]) -> str:
    lines = [header(columns), ["---", *("---:" for _ in header(columns)[1:])], *(cells(row, columns) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
