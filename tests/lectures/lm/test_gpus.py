"""What follows from a GPU's sizes: held against examples worked out elsewhere, and against counting one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectures.lm.gpus import GPUS, attainable, occupancy, tiles_of, waves

H100 = GPUS["H100"]


def test_the_table_says_what_its_sources_do() -> None:
    assert [round(gpu.ridge) for gpu in GPUS.values()] == [153, 295, 206, 281]
    assert 132 * H100.registers_each == 33_792 * 2**10  # as the data sheet has it for the whole chip
    assert all(gpu.shared_each < gpu.l1_each for gpu in GPUS.values())
    assert all(link.startswith("https://") for gpu in GPUS.values() for link in gpu.sources.values())


@pytest.mark.parametrize(
    ("threads", "registers", "shared", "blocks", "full"),
    [
        (1024, 32, 0, 2, "warps"),
        (32, 16, 0, 32, "blocks"),
        (256, 64, 0, 4, "registers"),
        (256, 65, 0, 3, "registers"),  # dealt out eight a thread: 72
        (256, 32, 100 * 2**10, 2, "shared memory"),
        (256, 168, 147_456, 1, "registers"),
    ],
)
def test_occupancy(threads: int, registers: int, shared: int, blocks: int, full: str) -> None:
    found = occupancy(H100, threads, registers, shared)
    assert (found.blocks, found.full) == (blocks, full)
    assert found.share == found.warps / 64 == blocks * -(-threads // 32) / 64


def test_a_block_that_is_too_large_says_why() -> None:
    with pytest.raises(ValueError, match="does not fit into the shared memory"):
        occupancy(H100, 128, 32, 228 * 2**10)


def test_the_waves_of_an_a100() -> None:
    across = GPUS["A100"].multiprocessors
    assert tiles_of(1792, 1792, 256, 128) == 98
    assert tiles_of(1793, 1793, 256, 128) == 120
    assert waves(98, across).rounds == 1
    assert waves(120, across).rounds == 2


@given(st.integers(1, 500), st.integers(1, 140))
def test_waves_are_what_one_gets_by_handing_out_tiles(tiles: int, at_once: int) -> None:
    given_out, rounds, last = 0, 0, 0
    while given_out < tiles:
        last = min(at_once, tiles - given_out)
        given_out, rounds = given_out + last, rounds + 1
    found = waves(tiles, at_once)
    assert (found.rounds, found.last) == (rounds, last)
    assert found.share == tiles / (rounds * at_once)


def test_the_roofline_is_the_lower_of_two_lines() -> None:
    assert attainable(1.0, H100.bf16, H100.bandwidth) == 3.35e12
    assert attainable(1000.0, H100.bf16, H100.bandwidth) == 989.4e12
    assert attainable(H100.ridge, H100.bf16, H100.bandwidth) == pytest.approx(H100.bf16)
