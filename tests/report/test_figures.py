"""Figures are pictures, and the same bytes wherever they are drawn."""

import hashlib
import os
import subprocess
import sys
from functools import cache
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest

from assay.config.words import complete
from assay.evaluation import curves, over_time
from assay.presentation.style import STYLE, WIDE, svg
from assay.report.figures import Figures, draw_all
from assay.report.over_time import score_by_month
from assay.statistics.metrics import measure
from assay.statistics.resampled import Scored
from samples import ROOT
from svg_reading import Picture

NAMES = {
    "precision_recall", "roc", "calibration", "confusion", "threshold_sweep", "decision_curve", "score_by_month",
    "performance_by_month", "data_by_month",
    "training_curve",
}  # fmt: skip
PRICE = 0.1
ROUNDS = pd.DataFrame({"round": range(5), "train": [5.0, 4, 3, 2, 1], "validation": [5.0, 4, 3, 4, 5]})


def scored(score: np.ndarray, threshold: float = 0.5, weight: np.ndarray | None = None) -> dict[str, Scored]:
    y = np.tile([1, 0, 0, 0], len(score) // 4)
    return {
        "model": Scored(y, score, threshold, weight),
        "majority": Scored(y, np.full(len(y), 0.25), 0.5, weight),
    }


def metrics(models: dict[str, Scored]) -> dict[str, dict[str, float]]:
    return {
        name: {metric: float(value[0]) for metric, value in measure(one, one.weights, PRICE).items()}
        for name, one in models.items()
    }


def drawn(
    score: np.ndarray,
    rounds: pd.DataFrame = ROUNDS,
    threshold: float = 0.5,
    weight: np.ndarray | None = None,
    kept: int = 3,
    dated: bool = True,
) -> dict[str, str]:
    models = scored(score, threshold, weight)
    y = models["model"].y
    days = pd.date_range("1985-01-01", periods=len(y), freq="5D")
    dates = pd.Series(days if dated else pd.DatetimeIndex([pd.NaT] * len(y)))
    fold = np.repeat(["train", "validation", "test"], [len(y) - 20, 10, 10])
    features = pd.DataFrame({"TSH": np.where(np.arange(len(y)) % 3, y + score, np.nan), "age": y * 1.0})
    tables = {
        "precision_recall": {name: curves.precision_recall(one) for name, one in models.items()},
        "roc": {name: curves.roc(one) for name, one in models.items()},
        "calibration": {"model": curves.calibration(models["model"], 0.95)},
        "confusion": {"model": curves.confusion(models["model"], ("negative", "positive"))},
        "threshold_sweep": {"model": curves.threshold_sweep(models["model"])},
        "decision_curve": {"model": curves.decision_curve(models)},
        "score_by_month": {"model": over_time.by_month(models["model"], dates, fold, 0.95)},
        "data_by_month": {"model": over_time.data_by_month(features, models["model"], dates, fold)},
        "training_curve": {"model": rounds},
    }
    return draw_all(tables, Figures(metrics(models), PRICE, kept))


def random_scores() -> np.ndarray:
    return np.random.default_rng(0).random(120).round(3)


def undated(**changes: Any) -> dict[str, str]:
    """The figures but for those over time."""
    return drawn(random_scores(), dated=False, **changes)


@cache
def usual() -> dict[str, str]:
    return drawn(random_scores())


@pytest.mark.parametrize(
    ("score", "rounds"),
    [(random_scores(), ROUNDS), (np.full(120, 0.25), ROUNDS.head(0)), (np.tile([1.0, 0, 0, 0], 30), ROUNDS.head(1))],
    ids=["usual", "one score for all", "perfect"],
)
def test_every_figure_is_a_picture_with_its_title(score: np.ndarray, rounds: pd.DataFrame) -> None:
    figures = drawn(score, rounds)
    assert set(figures) == NAMES
    for figure in figures.values():
        root = ElementTree.fromstring(figure)
        assert root.tag.endswith("svg")
        assert "nan" not in "".join(root.itertext())
    assert "What an alert buys" in figures["threshold_sweep"]


WEIGHT = np.tile([1.0, 7, 2, 5], 30)


@pytest.mark.slow
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["each for one", "weighted sample"])
@pytest.mark.parametrize("threshold", [0.0001, 0.017, 0.5, 0.7123, 0.995])
def test_decisions_are_marked_by_their_own_figures_on_the_curves(threshold: float, weight: np.ndarray | None) -> None:
    """Thresholds between scores, between the scores of positives, and at prices beyond those of the sweep."""
    one = metrics(scored(random_scores(), threshold, weight))["model"]
    figures = {name: Picture(svg) for name, svg in undated(threshold=threshold, weight=weight).items()}
    places = {
        "precision_recall": ("model", one["recall"], one["precision"]),
        "roc": ("model", 1 - one["specificity"], one["recall"]),
        "threshold_sweep": ("recall", one["alerts_per_1000"], one["recall"]),
    }
    for figure, (name, x, y) in places.items():
        assert figures[figure].point(f"point-{name}") == pytest.approx((x, y), abs=1e-5)
        assert figures[figure].passes(f"curve-{name}", [x], [y])
    assert figures["decision_curve"].point("point-model") == pytest.approx((PRICE, one["net_benefit"]), abs=1e-6)
    shares = [one["specificity"], 1 - one["specificity"], 1 - one["recall"], one["recall"]]
    assert [text for text in figures["confusion"].text if "%" in text] == [f"{share:.1%} of row" for share in shares]


def test_where_nothing_is_an_alert_no_point_claims_a_precision() -> None:
    picture = Picture(undated(threshold=2)["precision_recall"])
    assert len(picture.points("point-model")) == len(picture.points("point-majority")) == 0
    assert "majority, no alerts" in picture.text


def test_the_area_below_the_curve_of_precision_is_the_average_precision() -> None:
    line = Picture(usual()["precision_recall"]).points("curve-model")
    assert np.trapezoid(line[:, 1], line[:, 0]) == pytest.approx(
        metrics(scored(random_scores()))["model"]["average_precision"], abs=1e-4
    )


def test_records_without_dates_have_no_picture_over_time() -> None:
    assert set(undated()) == NAMES - {
        "score_by_month",
        "performance_by_month",
        "data_by_month",
    }


@pytest.mark.parametrize("kept", [1, 3, 4])
def test_the_rounds_kept_are_those_that_are_told(kept: int) -> None:
    picture = Picture(undated(kept=kept)["training_curve"])
    assert picture.points("line-kept")[:, 0].tolist() == pytest.approx([kept] * 2, abs=1e-6)
    assert f"{kept} rounds kept" in picture.text


def test_months_weigh_a_weighted_sample() -> None:
    table = over_time.by_month(
        scored(random_scores(), weight=WEIGHT)["model"],
        pd.Series(pd.to_datetime(["1986-01-01"] * 120)),
        np.repeat(["train", "test"], 60),
        0.95,
    )
    with_disease = 1000 * 1 / (1 + 7 + 2 + 5)
    assert table["positives_per_1000"].tolist() == pytest.approx([with_disease] * 2)
    with matplotlib.rc_context(STYLE):
        figure = svg(WIDE, lambda ax: score_by_month(ax, table, complete(None)))
    places = Picture(figure).places("bar-1986-01")
    assert Picture(figure).y.value(places[:, 1]).max() == pytest.approx(with_disease, abs=1e-4)


@pytest.mark.slow
def test_a_model_without_rounds_says_so() -> None:
    assert "fitted in one step" in undated(rounds=ROUNDS.head(0))["training_curve"]


@pytest.mark.slow
def test_the_bytes_are_the_same_in_any_process() -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; import hashlib; from test_figures import drawn, random_scores;"
        "print(hashlib.md5(''.join(drawn(random_scores()).values()).encode()).hexdigest())"
    )
    here = hashlib.md5("".join(usual().values()).encode()).hexdigest()
    folders = [str(ROOT / "tests/helpers"), str(ROOT / "tests/report")]
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-c", code, *folders]
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip() == here
