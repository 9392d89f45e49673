"""Where values lie in the plots of experiments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assay.board.chart import axis, having, history, parallel, scatters
from assay.overview.rows import DAMAGED, EXPERIMENT, Figures, Row

METRIC, TITLE = "average_precision", "Average precision"


def row(number: int, value: float | None, **params: Any) -> Row:
    values = {} if value is None else {METRIC: value}
    intervals = {} if value is None else {METRIC: (value - 0.1, value + 0.1)}
    return Row(
        name=f"e{number}",
        kind=EXPERIMENT,
        state="done",
        time=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
        changes={key: (None, one) for key, one in params.items()},
        params=params,
        figures=Figures(values, intervals),
    )


ROWS = [row(1, 0.5, depth=2), row(3, 0.9, depth=8), row(2, 0.7, depth=4, kind="a"), row(4, None, depth=1)]


def test_what_is_damaged_is_not_drawn() -> None:
    damaged = replace(row(5, 0.99, depth=3), state=DAMAGED)
    assert [one.name for one in having([*ROWS, damaged], METRIC)] == ["e1", "e3", "e2"]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([2, 4, 8], ["2", "4", "8"]),
        (list(range(1, 11)), ["1", "3", "6", "8", "10"]),
        ([n / 10 for n in range(8)], ["0", "0.175", "0.35", "0.525", "0.7"]),
        ([0.001 * 2**n for n in range(8)], ["0.001", "0.00504", "0.0254", "0.128"]),  # by powers of ten
        (["b", "a"], ["a", "b"]),
        ([True, False], ["False", "True"]),
        ([3, 3], ["3"]),
        ([1, "auto"], ["1", "auto"]),
    ],
)
def test_an_axis_shows_all_values_within_its_ends(values: list[Any], labels: list[str]) -> None:
    made = axis("x", values, 200, 0)
    assert [label for label, _ in made.ticks] == labels
    assert all(0 <= made.place(one) <= 200 for one in values)


def test_larger_values_stand_higher() -> None:
    (one,) = scatters(ROWS, METRIC, TITLE)
    assert [point.row.name for point in sorted(one.points, key=lambda point: point.y)] == ["e3", "e2", "e1"]
    assert all(point.high < point.y < point.low for point in one.points)
    assert [point.row.name for point in one.points if point.best] == ["e3"]
    assert "e3: depth 8, Average precision 0.900 [0.800, 1.000]" in one.said


def test_a_history_is_in_the_order_of_time_and_its_line_never_falls() -> None:
    found = history(ROWS, METRIC, TITLE)
    assert found is not None
    assert [point.row.name for point in found.points] == ["e1", "e2", "e3"]
    heights = [float(pair.split(",")[1]) for pair in found.line.split()]
    assert heights == sorted(heights, reverse=True)
    assert history(ROWS[:2], METRIC, TITLE) is None


def test_parallel_coordinates_have_an_axis_for_what_differs_and_the_metric_last() -> None:
    found = parallel(ROWS, METRIC, TITLE)
    assert found is not None
    assert [one.title for _, one in found.axes] == ["depth", "kind", TITLE]
    assert [line.row.name for line in found.lines][-1] == "e3"
    assert len(found.lines) == 3
    assert parallel(ROWS[:1], METRIC, TITLE) is None
    assert parallel([row(1, 0.5, depth=2), row(2, 0.6, depth=2)], METRIC, TITLE) is None
