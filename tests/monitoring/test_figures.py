"""The figures by month: every figure of the tables is a point, and what decides nothing is hollow."""

import re

import pytest

from assay.monitoring.figures import MOST_MONTHS, pictures
from assay.monitoring.panels import Panel, Series
from assay.monitoring.realised import Figure
from svg_reading import Picture

UNKNOWN = Figure(float("nan"), float("nan"), float("nan"))
MONTHS = ["1985-05", "1985-06", "1985-07"]
FIGURES = dict(zip(MONTHS, [Figure(0.9, 0.8, 1.0), Figure(0.5, 0.2, 0.8), UNKNOWN], strict=True))


def drawn(series: list[Series], level: float = 0.9, months: list[str] = MONTHS, metric: str = "recall") -> str:
    return pictures([Panel(metric, series, level, "promised")], months)[metric]


def ids(svg: str, start: str) -> list[str]:
    return re.findall(rf'<g id="({start}[^"]*)"', svg)


def test_each_known_figure_is_a_point_with_its_interval() -> None:
    svg = drawn([Series("estimated", FIGURES)])
    assert ids(svg, "bar-") == ["bar-estimated-1985-05", "bar-estimated-1985-06"]
    picture = Picture(svg)
    assert picture.y.value(picture.places("points-estimated")[:, 1]) == pytest.approx([0.9, 0.5], abs=0.01)
    assert "promised: 0.900" in svg


def test_what_decides_nothing_is_hollow_and_the_legend_says_so() -> None:
    svg = drawn([Series("estimated", FIGURES, frozenset({"1985-06"})), Series("by labels", {})])
    assert len(ids(svg, "points-estimated")) == 2
    assert "estimated, decides nothing" in svg
    assert not ids(svg, "points-by labels")


def test_a_promise_that_is_not_known_has_no_line() -> None:
    assert not ids(drawn([Series("estimated", FIGURES)], level=float("nan")), "level")


@pytest.mark.parametrize("count", [1, 2, MOST_MONTHS, MOST_MONTHS + 20])
def test_of_many_months_the_newest_are_drawn(count: int) -> None:
    months = [f"{1985 + place // 12}-{place % 12 + 1:02}" for place in range(count)]
    svg = drawn([Series("alerts", dict.fromkeys(months, Figure(60, 40, 90)))], 62.6, months, "alerts_per_1000")
    assert ids(svg, "bar-") == [f"bar-alerts-{month}" for month in months[-MOST_MONTHS:]]


def test_the_same_figures_give_the_same_bytes() -> None:
    assert drawn([Series("estimated", FIGURES)]) == drawn([Series("estimated", FIGURES)])
