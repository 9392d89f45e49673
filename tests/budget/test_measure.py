"""Timing functions that are given, by a clock that is given."""

import itertools
from collections.abc import Callable

import pytest

from assay.budget.measure import Timed, quantile, timed, together


def ticking(step: float) -> Callable[[], float]:
    """A clock that advances by a step at each reading."""
    times = itertools.accumulate(itertools.repeat(step))
    return lambda: next(times)


def test_items_are_taken_in_turn_until_the_time_is_over() -> None:
    taken: list[str] = []
    timed(taken.append, lambda _: 0, ["a", "b"], seconds=9, least=1, clock=ticking(1.0), cpu=ticking(0.0))
    assert taken == ["a", "b", "a"]  # each takes four readings of the clock, but for the first


def test_the_least_number_of_calls_is_made_whatever_the_time() -> None:
    found = timed(len, lambda _: 0, ["abc"], seconds=0, least=5, clock=ticking(1.0), cpu=ticking(0.5))
    assert len(found.calls) == 5
    assert (found.records, found.cpu) == ([3] * 5, [0.5] * 5)


def test_the_bare_call_is_timed_only_where_there_was_one() -> None:
    found = timed(len, lambda size: size - 1, ["a", "bcd"], 0, 4, clock=ticking(1.0), cpu=ticking(0.0))
    assert (len(found.calls), found.bare_records) == (4, [2, 2])


def test_a_rate_is_the_median_over_the_calls() -> None:
    found = Timed([1.0, 2.0, 100.0], [0.5, 0.5], [0.5, 0.5, 1.0], [10, 10, 10], [10, 8])
    assert (found.rate, found.bare_rate, found.cpu_per_record) == (5.0, 18.0, pytest.approx(2 / 30))
    assert Timed([1.0], [], [1.0], [1], []).bare_rate is None


def test_nothing_cannot_be_timed() -> None:
    with pytest.raises(ValueError, match="no items"):
        timed(len, lambda _: 0, [], 1, 1)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 0.99, 5.0),
        ([1.0, 2.0], 0.5, 1.0),
        (range(1, 101), 0.99, 99),
        (range(1, 11), 0.99, 10),
        ([3, 1, 2], 0, 1),
    ],
)
def test_a_quantile_is_a_value_that_was_measured(values: list[float], share: float, expected: float) -> None:
    assert quantile(values, share) == expected


def test_several_processes_give_a_median_and_how_far_they_are_apart() -> None:
    found = together([{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": None}, {"a": 10.0, "b": 2.0}])
    assert list(found) == ["a"]
    assert (found["a"].value, found["a"].low, found["a"].high) == (3.0, 1.0, 10.0)
