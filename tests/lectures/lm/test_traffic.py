"""What is counted as moved, held against counting by hand."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lectures.lm.functional import gelu
from lectures.lm.traffic import Moved, bytes_moved, stretches, tile_traffic


def test_a_warp_that_reads_side_by_side_touches_one_line() -> None:
    assert stretches(range(0, 128, 4), 128) == 1
    assert stretches(range(4, 132, 4), 128) == 2  # not aligned
    assert stretches(range(0, 32 * 128, 128), 128) == 32
    assert stretches(range(0, 32 * 8, 8), 32) == 8
    assert stretches([126], 128) == 2  # an item that lies across


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 6), st.integers(1, 5), st.integers(1, 5))
def test_tiles_read_what_one_counts(m: int, n: int, k: int, tile_m: int, tile_n: int) -> None:
    read = 0
    for row, column in product(range(0, m, tile_m), range(0, n, tile_n)):
        read += k * (min(tile_m, m - row) + min(tile_n, n - column))
    found = tile_traffic(m, n, k, tile_m, tile_n, item=4)
    assert (found.read, found.written, found.flops) == (4 * read, 4 * m * n, 2 * m * n * k)


def test_the_product_as_it_is_defined_and_with_everything_kept() -> None:
    naive, whole = tile_traffic(64, 64, 64, 1, 1), tile_traffic(64, 64, 64, 64, 64)
    assert naive.read == 2 * (2 * 64**3)
    assert whole.read == 2 * (2 * 64**2)
    assert tile_traffic(4096, 4096, 4096, 128, 128).intensity == pytest.approx(64, rel=0.04)


def test_gelu_in_five_operations_moves_eleven_times_its_input() -> None:
    x = torch.randn(64, 32)
    moved = bytes_moved(lambda: gelu(x))
    assert [one.operation for one in moved] == ["mul", "div", "erf", "add", "mul"]
    assert sum(one.read + one.written for one in moved) == 11 * x.nbytes


def test_views_move_nothing_and_writes_in_place_do() -> None:
    x = torch.zeros(8, 4)
    assert bytes_moved(lambda: x.T.reshape(2, 2, 8)[0].unsqueeze(0)) == []
    assert bytes_moved(lambda: x.add_(1)) == [Moved("add_", x.nbytes, x.nbytes)]
    assert bytes_moved(lambda: x + x) == [Moved("add", x.nbytes, x.nbytes)]
    row = torch.zeros(4)
    assert bytes_moved(lambda: x + row.expand(8, 4)) == [Moved("add", x.nbytes + row.nbytes, x.nbytes)]
