"""Pictures of what programs of a kernel do: `masked_blocks`, `tile_orders`, `score_tiles`. Each is a matplotlib Figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lectures.images.panels import FAINT, INK, PASTELS, cell, panel

__all__ = ["masked_blocks", "score_tiles", "tile_orders"]

NOTHING = "#eeeff2"
HALF = "#fde2c0"

Tile = tuple[int, int]


def masked_blocks(count: int, block: int) -> Any:
    """A Figure with a row of cells for each program: the elements of its block, crossed out beyond `count`."""
    programs = -(-count // block)
    figure, axes = panel(block + 4.6, programs * 1.5 + 0.2, inches_per_unit=0.23)
    for program in range(programs):
        y = (programs - program) * 1.5 - 1.2
        axes.text(0, y + 0.46, f"program {program}", color=INK, fontsize=8, family="DejaVu Sans", va="center")
        for lane in range(block):
            at = program * block + lane
            color, label = (PASTELS[program % len(PASTELS)], str(at)) if at < count else (NOTHING, "×")
            cell(axes, 4.6 + lane, y, 1, color, label, size=6.5)
    return figure


def tile_orders(shape: Tile, orders: Mapping[str, Sequence[Tile]], wave: int) -> Any:
    """A Figure of the tiles of a product for each order: the first `wave` with their turn, and what they read of A and B.

    `shape`: tiles down and across; an order lists (row, column). A stands to the left of the result, B above it.
    """
    down, across = shape
    width, height = across + 2.2, 1.08 * down + 3.2
    figure, axes = panel(width * len(orders), height, inches_per_unit=0.205)
    for number, (name, order) in enumerate(orders.items()):
        left = number * width + 1.5
        turns = {tile: turn for turn, tile in enumerate(order[:wave])}
        rows, columns = {row for row, _ in turns}, {column for _, column in turns}
        for row in range(down):
            y = 1.08 * (down - 1 - row)
            cell(axes, left - 1.4, y, 1, PASTELS[1] if row in rows else NOTHING, "", size=6)
            for column in range(across):
                turn = turns.get((row, column))
                color = NOTHING if turn is None else PASTELS[0]
                cell(axes, left + column, y, 1, color, "" if turn is None else str(turn), size=6)
        for column in range(across):
            cell(axes, left + column, 1.08 * down + 0.3, 1, PASTELS[2] if column in columns else NOTHING, "", size=6)
        words(axes, left, height - 1.2, f"{name}: {len(rows)} + {len(columns)}")
        words(axes, left - 1.1, 1.08 * down + 0.6, "A")
        words(axes, left + across + 0.15, 1.08 * down + 0.8, "B")
    return figure


def score_tiles(time: int, rows: int, columns: int) -> Any:
    """A Figure of the scores of causal attention in tiles: taken whole, cut by the mask, and never computed."""
    down, across = -(-time // rows), -(-time // columns)
    figure, axes = panel(across * 2.2 + 9.6, down * 1.2 + 1.2, inches_per_unit=0.25)
    for tile in range(down):
        y = (down - tile - 1) * 1.2
        words(axes, 0, y + 0.46, f"program {tile}")
        for turn in range(across):
            first, last = turn * columns, min(time, (turn + 1) * columns) - 1
            lowest, highest = tile * rows, min(time, (tile + 1) * rows) - 1
            whole = last <= lowest and (turn + 1) * columns <= time
            color, label = (PASTELS[2], "whole") if whole else (HALF, "cut") if first <= highest else (NOTHING, "–")
            cell(axes, 4.2 + 2.2 * turn, y, 2.2, color, label, size=7.5)
    for turn in range(across):
        words(axes, 4.3 + 2.2 * turn, down * 1.2 + 0.3, f"{turn * columns}–{min(time, (turn + 1) * columns) - 1}")
    words(axes, 0, down * 1.2 + 0.3, "keys")
    for line, (color, meaning) in enumerate(((PASTELS[2], "no mask needed"), (HALF, "masked"), (NOTHING, "never run"))):
        x, y = 4.2 + 2.2 * across + 0.5, (down - 1 - line) * 1.2
        cell(axes, x, y, 0.9, color, "", size=7)
        words(axes, x + 1.0, y + 0.46, meaning)
    return figure


def words(axes: Any, x: float, y: float, what: str) -> None:
    axes.text(x, y, what, color=FAINT, fontsize=8, family="DejaVu Sans", va="center")
