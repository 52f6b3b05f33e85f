"""What a message takes: the line through what was measured."""

import pytest

from lectures.lm.parallel.links import LINKS, Line, fit_line


def test_a_line_is_found_again():
    truth = Line(latency=20e-6, bandwidth=2e9)
    sizes = [4.0**power for power in range(4, 13)]
    found = fit_line(sizes, [truth.seconds(size) for size in sizes])
    assert found.latency == pytest.approx(truth.latency)
    assert found.bandwidth == pytest.approx(truth.bandwidth)
    assert found.half_size == pytest.approx(40_000)
    assert found.seconds(found.half_size) == pytest.approx(2 * found.latency)


def test_small_messages_count_as_much_as_large_ones():
    """The largest takes a tenth longer than the line says: the start-up time stays what the small ones show."""
    truth = Line(latency=1e-3, bandwidth=1e9)
    sizes = [1e2, 1e3, 1e4, 1e5, 1e9]
    seconds = [truth.seconds(size) for size in sizes]
    seconds[-1] *= 1.1
    assert fit_line(sizes, seconds).latency == pytest.approx(truth.latency, rel=0.01)


def test_times_that_do_not_grow_are_refused():
    with pytest.raises(ValueError, match="Longer messages did not take longer"):
        fit_line([1e3, 1e6], [2e-3, 1e-3])


def test_links_get_slower_the_farther_they_reach():
    speeds = [link.bandwidth for link in LINKS.values()]
    assert speeds == sorted(speeds, reverse=True)
    assert all(link.source.startswith("https://") for link in LINKS.values())
