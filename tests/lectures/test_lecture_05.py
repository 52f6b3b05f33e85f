"""Lecture 5, run as people run it: its predictions meet its measurements, and its own counts are right."""

from __future__ import annotations

import pytest

from lectures import lecture_05
from lectures.lm.gpus import GPUS
from tests.lectures.course import title
from tests.lectures.records import Record, recorded


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MEASUREMENTS", "kept")
        return recorded("lecture_05", tmp_path_factory.mktemp("traces"))


def test_it_shows_what_a_lecture_should(record: Record) -> None:
    assert record.trace["summary"]["title"] == f"Lecture 5: {title('lecture_05')}"
    assert record.trace["notices"] == []
    assert len(record.of_kind("plot")) >= 15
    assert len(record.of_kind("image")) >= 4
    assert len(record.of_kind("quiz")) >= 10
    assert not record.of_kind("placeholder")
    assert 600 <= len(record.trace["steps"]["statement"]) <= 1500


def test_every_measurement_says_where_it_comes_from(record: Record) -> None:
    found = [lecture_05.sentence(lecture_05.measured(f"gpus.{name}")) for name in ("latency", "fusion", "sawtooth")]
    said = record.words() + "".join(table["caption"] or "" for table in record.of_kind("table"))
    for words in found:
        assert said.count(words) >= 15


def test_counting_predicts_what_was_measured(record: Record) -> None:
    assert record.values("units")[-1] == 11
    assert record.values("ratio")[-1] == pytest.approx(5.5, rel=0.05)  # five operations against one
    assert record.values("predicted")[-1] == pytest.approx(record.values("of")[-1]["eager"], rel=0.05)  # ms
    assert record.values("piece")[-1] == 64
    dropped, expected = record.values("dropped")[-1], record.values("expected")[-1]
    assert dropped == pytest.approx(expected, rel=0.1)  # a wave more
    assert record.values("one_more")[-1] > 1.7 * record.values("full")[-1]
    assert record.values("on_the_way")[-1] == pytest.approx(1.04e6, rel=0.05)


def test_mistakes_are_as_large_as_it_says(record: Record) -> None:
    assert record.values("asked")[-1] > 10 * GPUS["H100"].bf16
    assert record.values("waited")[-1] < GPUS["H100"].bf16
    each = record.values("each")[-1]
    assert each["waiting after each"] > each["one after the other"] > 5 * each["replayed as a graph"]
    assert record.values("slower")[-1] > 5  # 50,257 against 50,304
    assert record.values("zeros")[-1]["watts"] < record.values("drawn")[-1]["watts"]


def test_its_small_machines_count_right(record: Record) -> None:
    assert record.values("given_to")[-1] == [*range(8), *range(8), 0]
    assert record.values("naive")[-1] == 128
    assert record.values("tiled")[-1] == 64
    assert lecture_05.issue_slots([True] * 64, left=10, right=3) == 20
    assert lecture_05.issue_slots([False] * 32 + [True] * 32, left=10, right=3) == 13
    assert lecture_05.useful_share(1, 128) == 1
    assert lecture_05.useful_share(32, 64) == pytest.approx(1 / 16)
    assert lecture_05.useful_share(3, 64) == pytest.approx(1 / 3, rel=0.02)


def test_matrices_that_count_make_the_same_product() -> None:
    one, other = ((lecture_05.Counted(6), lecture_05.Counted(6)) for _ in range(2))
    assert lecture_05.plain_product(*one) == lecture_05.tiled_product(*other, tile=3)
    assert one[0].reads == 3 * other[0].reads == 216


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("void at::native::vectorized_elementwise_kernel<4, at::native::exp_kernel_cuda(at::", "exponential"),
        ("nvjet_sm90_tst_256x128_64x4_1x2_h_bz_coopA_TNT", "product, tiles of 256 × 128"),
        ("triton_poi_fused__unsafe_view_add_div_erf_mul_6", "add, div, erf, mul"),
        ("Memcpy DtoD (Device -> Device)", "copy"),
    ],
)
def test_kernels_are_called_by_what_they_do(name: str, words: str) -> None:
    assert lecture_05.plain_name(name) == words


def test_a_timeline_is_read_right() -> None:
    events = [
        {"place": "host", "name": "aten::mul", "start": 0.0, "microseconds": 10.0},
        {"place": "host", "name": "cudaLaunchKernel", "start": 4.0, "microseconds": 2.0},
        {"place": "device", "name": "void kernel", "start": 8.0, "microseconds": 2.0},
        {"place": "host", "name": "aten::erf", "start": 12.0, "microseconds": 6.0},
        {"place": "device", "name": "void kernel", "start": 16.0, "microseconds": 2.0},
    ]
    rows = lecture_05.spans(events)
    assert [row["name"] for row in rows] == ["1. mul", "2. erf", "1. mul", "2. erf"]
    assert lecture_05.idle_share(rows) == pytest.approx(0.6)
