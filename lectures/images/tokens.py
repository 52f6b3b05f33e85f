"""Pictures of text cut into bytes and tokens, drawn by code: `characters_and_bytes` and `token_rows`. In a line of prose,
`spelled` and `quoted` do.

Each picture is a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lectures.images.panels import FAINT, PASTELS, cell, panel

__all__ = ["characters_and_bytes", "quoted", "spelled", "token_rows"]


def characters_and_bytes(text: str) -> Any:
    """A Figure of two rows: the characters of `text`, and under each the bytes of its UTF-8 encoding, in hexadecimal."""
    encoded = [character.encode("utf-8") for character in text]
    columns = sum(len(part) for part in encoded)
    figure, axes = panel(columns, 3.1, inches_per_unit=0.38)
    column = 0
    for position, (character, part) in enumerate(zip(text, encoded, strict=True)):
        color = PASTELS[position % len(PASTELS)]
        cell(axes, column, 1.6, len(part), color, _label(character, len(part)), size=12)
        for offset, byte in enumerate(part):
            cell(axes, column + offset, 0.3, 1, color, f"{byte:02x}", size=10)
        column += len(part)
    axes.text(0, 2.72, f"{len(text)} characters", color=FAINT, fontsize=9, family="DejaVu Sans")
    axes.text(0, -0.12, f"{columns} bytes", color=FAINT, fontsize=9, family="DejaVu Sans")
    return figure


def token_rows(rows: Mapping[str, Sequence[bytes]], width: int = 52) -> Any:
    """A Figure of the same text cut in several ways: one row for each name in `rows`, one colored box for each token.

    Rows longer than `width` characters are wrapped. A space is drawn as `·`, a line end as `↵`, and a token that is not
    valid UTF-8 by itself as its bytes in hexadecimal.
    """
    blocks = [(name, len(tokens), _wrap([_visible(token) for token in tokens], width)) for name, tokens in rows.items()]
    width = min(width, max(24, *(sum(map(len, line)) for _, _, lines in blocks for line in lines)))
    height = sum(len(lines) * 1.35 + 1.0 for _, _, lines in blocks)
    figure, axes = panel(width, height, inches_per_unit=0.135, units_high=1.75)
    top = height
    for name, count, lines in blocks:
        index = 0
        top -= 0.62
        axes.text(
            0,
            top,
            f"{name}: {count} {'token' if count == 1 else 'tokens'}",
            color=FAINT,
            fontsize=9,
            family="DejaVu Sans",
        )
        top -= 0.2
        for line in lines:
            top -= 1.2
            column = 0
            for piece in line:
                cell(axes, column, top, len(piece), PASTELS[index % len(PASTELS)], piece, size=11)
                column += len(piece)
                index += 1
            top -= 0.15
        top -= 0.18
    return figure


def spelled(symbols: Iterable[str]) -> str:
    """The symbols with spaces between them; a space that is part of a symbol becomes `␣`."""
    return " ".join(symbol.replace(" ", "␣") for symbol in symbols)


def quoted(symbols: Iterable[str]) -> str:
    """`spelled`, as code in Markdown."""
    return f"`{spelled(symbols)}`"


def _label(character: str, room: int) -> str:
    """The character itself where the font is sure to have it; its code point where it may not."""
    if character == " ":
        return "·"
    if ord(character) < 0x250:
        return character
    return f"U+{ord(character):04X}" if room > 2 else "?"


def _visible(token: bytes) -> str:
    try:
        return token.decode("utf-8").replace(" ", "·").replace("\n", "↵").replace("\r", "␍").replace("\t", "→")
    except UnicodeDecodeError:
        return token.hex()


def _wrap(pieces: Sequence[str], width: int) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    used = 0
    for piece in pieces:
        if used + len(piece) > width and lines[-1]:
            lines.append([])
            used = 0
        lines[-1].append(piece)
        used += len(piece)
    return lines
