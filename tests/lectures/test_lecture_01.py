"""Lecture 1, run as people run it; its numbers held to figures that were worked out elsewhere (by hand or in print)."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from lectures import lecture_01
from lectures.lm.tokenizer import (
    Tokenizer,
    build_vocabulary,
    compression_ratio,
    count_pretokens,
    learn_merges,
    split_bytes,
)
from tests.lectures.course import title
from tests.lectures.records import PROJECT, Record, plain, recorded


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded("lecture_01", tmp_path_factory.mktemp("traces"))


def test_without_the_tracer_it_runs_and_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    lecture_01.main()
    assert capsys.readouterr() == ("", "")


def test_it_finishes_without_notices_or_placeholders(record: Record) -> None:
    assert record.trace["summary"]["outcome"]["status"] == "finished"
    assert record.trace["notices"] == []
    assert record.of_kind("placeholder") == []
    assert 600 <= len(record.trace["steps"]["statement"]) <= 1500


def test_the_page_has_a_title_pictures_with_alternative_texts_and_notes(record: Record) -> None:
    assert record.of_kind("text")[0]["text"].startswith("# Lecture 1: ")
    pictures = record.of_kind("image") + record.of_kind("plot")
    assert len(record.of_kind("image")) >= 3
    assert len(record.of_kind("plot")) >= 3
    assert all(len(picture["alt"]) > 20 for picture in pictures)
    assert len(record.of_kind("graph")) == 3
    assert record.of_kind("note")


def test_the_teaching_form_is_complete(record: Record) -> None:
    words = record.words()
    for part in (
        "In short.",
        "key concepts",
        "Questions to keep in mind",
        "Warm-up.",
        "## Quiz",
        "## Pitfalls",
        "Try it yourself",
    ):
        assert part in words


def test_every_link_leads_somewhere_and_needs_no_network(record: Record) -> None:
    for found in record.of_kind("link"):
        if "target" in found and found["target"] is not None:
            continue
        assert found["reference"]["title"], found
        assert re.match(r"https?://", found["reference"]["url"]), found


def test_characters_and_bytes(record: Record) -> None:
    assert 127_757 in record.values("world")
    assert 13 in record.values("len(string)")
    assert 20 in record.values("len(data)")
    assert record.values("num_bytes") == [20]
    assert 20 / 13 in record.values("ratio")
    assert 140_000 < record.values("assigned")[-1] < 170_000  # it grows with every version of Unicode


def test_low_lower_lowest_by_hand(record: Record) -> None:
    counted = record.values("counts")
    first = {"lo": 3, "ow": 3, "w ": 1, " l": 2, "we": 2, "er": 1, "r ": 1, "es": 1, "st": 1}
    second = {"Zw": 3, "w ": 1, " Z": 2, "we": 2, "er": 1, "r ": 1, "es": 1, "st": 1}
    for expected in (first, second):
        assert {tuple(pair): count for pair, count in expected.items()} in counted
    words = record.values("word")
    assert ("Z", "w", " ", "Z", "w", "e", "r", " ", "Z", "w", "e", "s", "t") in words
    assert tuple("Y Yer Yest") in words


def test_each_pair_is_counted_in_a_step_of_its_own(record: Record) -> None:
    growing = [counts for counts in record.values("counts") if set(counts) <= {("l", "o"), ("o", "w")}]
    assert growing[:2] == [{("l", "o"): 1}, {("l", "o"): 1, ("o", "w"): 1}]


def test_unusual_users(record: Record) -> None:
    assert "`u n Z u a l _ Z e r s`" in record.words()
    every_pair = len("unusual_users") - 1
    counted = (counts for counts in record.values("counts") if ("u", "n") in counts)
    counts = next(counts for counts in counted if sum(counts.values()) == every_pair)
    assert counts[("u", "s")] == 2


def test_the_cat_in_the_hat(record: Record) -> None:
    assert {(116, 104): 256, (256, 101): 257, (257, 32): 258} in record.values("merges")
    assert (258, 99, 97, 116, 32, 105, 110, 32, 258, 104, 97, 116) in record.values("ids")
    assert 1.5 in record.values("ratio")


def test_the_toy_corpus_of_sennrich_and_others(record: Record) -> None:
    assert [("s", "t"), ("e", "st"), ("o", "w"), ("l", "ow"), ("w", "est"), ("n", "e")] in record.values("merges")
    assert record.values("newest") == [("ne", "west")]


def test_special_tokens_and_gpt2s_vocabulary(record: Record) -> None:
    assert record.values("gpt2_vocabulary") == [50_257]
    plain_ids, special_ids = record.values("plain")[-1], record.values("special")[-1]
    assert len(plain_ids) == len(special_ids) - 1 + len("<|endoftext|>")


def test_all_but_words_keep_the_contract_on_the_book(record: Record) -> None:
    rows = record.of_kind("table")
    comparison = next(table for table in rows if table["columns"][-1] == "tokens lost")["rows"]
    lost = {row[0]: row[-1] for row in comparison}
    assert lost["words"] > 0
    assert lost["characters"] == lost["bytes"] == lost["BPE"] == 0
    ratios = [plain(row[3]) for row in comparison]
    assert ratios[1] == 1.0
    assert ratios[4] == max(ratios)


def test_share_of_the_feed_forward_layers() -> None:
    """With a gated feed-forward (three matrices instead of two) the shares at GPT-2's widths are 49.8, 59.9, 64.2, 66.9 %."""
    shares = []
    for width, layers in ((768, 12), (1024, 24), (1280, 36), (1600, 48)):
        flops = lecture_01.forward_flops(1024, width, layers)
        gated = 1.5 * flops["feed-forward"]
        shares.append(round(100 * gated / (sum(flops.values()) - flops["feed-forward"] + gated), 1))
    assert shares == [49.8, 59.9, 64.2, 66.9]


def test_training_days_of_a_large_model() -> None:
    """70 billion parameters on 15 trillion tokens, 1,024 H100 at half of 989.5 TFLOP/s: 143.9 days."""
    days = lecture_01.training_days(15e12, 1, 1024 * 989.5e12 * 0.5, parameters=70e9)
    assert round(days, 1) == 143.9


@pytest.mark.parametrize("size", [256, 300, 400])
def test_one_encoding_gives_the_compression_of_every_size(size: int) -> None:
    train, held_out = lecture_01.real_text()
    words = {split_bytes(pretoken): count for pretoken, count in count_pretokens(train[:20_000]).items()}
    merges = learn_merges(words, 150)
    [row] = lecture_01.compression_curve(merges, [size], {"new": held_out[:5_000]})
    some = merges[: size - 256]
    direct = Tokenizer(build_vocabulary(some), some).encode(held_out[:5_000])
    assert math.isclose(row["bytes per token"], compression_ratio(held_out[:5_000], direct))


def test_the_book_is_cut_once_between_paragraphs() -> None:
    train, held_out = lecture_01.real_text()
    book = (PROJECT / "lectures" / "data" / "opticks.txt").read_text(encoding="utf-8")
    assert train + held_out == book
    assert held_out.startswith("\n\n")
    assert 0.9 <= len(train) / len(book) < 0.92


def test_the_course_has_its_title(record: Record) -> None:
    assert record.of_kind("text")[0]["text"] == f"# Lecture 1: {title('lecture_01')}"


def test_pictures_say_what_they_cut() -> None:
    from lectures.images.tokens import characters_and_bytes, token_rows

    def written(figure: Any) -> list[str]:
        return [label.get_text() for label in figure.axes[0].texts]

    assert {"13 characters", "20 bytes", "U+1F30D", "f0"} <= set(written(characters_and_bytes("Hello, 🌍! 你好!")))
    assert written(token_rows({"row": [b" Rays"]})) == ["row: 1 token", "·Rays"]
    assert written(token_rows({"row": [b"\xf0\x9f", b"a"]})) == ["row: 2 tokens", "f09f", "a"]
