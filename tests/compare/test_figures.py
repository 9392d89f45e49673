"""The pictures of a comparison show the figures of its rows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from assay.compare.changes import Changes
from assay.compare.figures import FLOOR, pictures
from assay.compare.page import Page
from assay.compare.paired import Comparison, Plan, compare
from assay.compare.show import as_html, as_json
from assay.config.words import complete
from assay.evaluation import curves
from assay.statistics.metrics import METRICS
from page_agreement import assert_shows
from picture_agreement import assert_bands_are_the_table
from report_reading import Tables, near
from svg_reading import Picture

PLAN = Plan(resamples=200, confidence=0.8)
LABEL = (np.random.default_rng(0).random(400) < 0.15).astype(int)


def side(seed: int, threshold: float, weight: np.ndarray | None) -> SimpleNamespace:
    """A revision of random scores that see the label."""
    odds = 2 * LABEL - 1.5 + np.random.default_rng(seed).normal(0, 1, len(LABEL))
    table = {"label": LABEL.astype(bool), "excluded": "", "score": 1 / (1 + np.exp(-odds))}
    weights = {} if weight is None else {"sample_weight": weight}
    index = pd.Index([f"{number:05}" for number in range(len(LABEL))], name="record_id")
    return SimpleNamespace(name="side", test=pd.DataFrame({**table, **weights}, index=index), threshold=threshold)


@pytest.fixture(scope="module", params=[None, np.where(LABEL == 1, 1.0, 9.0)], ids=["each for one", "weighted sample"])
def comparison(request: pytest.FixtureRequest) -> Comparison:
    base, head = side(1, 0.4321, request.param), side(2, 0.2468, request.param)
    groups = pd.DataFrame({"sex": "F"}, index=base.test.index)
    return compare(base, head, groups, PLAN)  # type: ignore[arg-type]


def test_the_points_and_lines_are_those_of_the_rows(comparison: Comparison) -> None:
    ranked, bands, scores = map(Picture, pictures(comparison, PLAN.confidence, complete(None)).values())
    figures = {row.metric: row for row in comparison.rows}
    for name in ("base", "head"):
        place = [getattr(figures[metric], name) for metric in ("recall", "precision")]
        assert ranked.point(f"point-{name}") == near(tuple(place))
        assert ranked.passes(f"curve-{name}", [place[0]], [place[1]])
        one = getattr(comparison, name)
        assert_bands_are_the_table(bands, curves.calibration(one, PLAN.confidence), name)
        odds = np.log((one.threshold + FLOOR) / (1 + FLOOR - one.threshold))
        assert scores.points(f"line-{name}")[:, 0 if name == "base" else 1].tolist() == near([odds] * 2)
    assert len(scores.points("points-0")) + len(scores.points("points-1")) == len(LABEL)


def test_the_page_shows_the_figures_that_programs_are_given(comparison: Comparison) -> None:
    changes = Changes({}, {"added": 0, "removed": 0, "changed": 0}, {}, {}, ("overt", "overt"), ([], []), ([], []))
    page = Page("base", "head", PLAN, comparison, changes)
    told, shown = as_json(page), Tables(as_html(page))
    names = {METRICS[name].title: name for name in told["metrics"]}
    rows = shown.table("Metric")
    assert {row[0] for row in rows} == set(names)
    for title, base, head, difference, verdict in rows:
        one = told["metrics"][names[title]]
        assert_shows(base, one["base"])
        assert_shows(head, one["head"])
        assert_shows(difference.replace("+", ""), one["difference"], one["interval"])
        assert verdict == one["verdict"]
