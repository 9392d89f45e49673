"""Figures are pictures, and the same bytes wherever they are drawn."""

import hashlib
import os
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from assay.evaluation import curves
from assay.evaluation.figures import draw_all
from assay.evaluation.metrics import Scored
from samples import ROOT

NAMES = {
    "precision_recall", "roc", "calibration", "confusion", "threshold_sweep", "decision_curve", "score_by_month",
    "training_curve",
}  # fmt: skip
ROUNDS = pd.DataFrame({"round": range(5), "train": [5.0, 4, 3, 2, 1], "validation": [5.0, 4, 3, 4, 5]})


def drawn(score: np.ndarray, rounds: pd.DataFrame = ROUNDS) -> dict[str, str]:
    y = np.tile([1, 0, 0, 0], len(score) // 4)
    models = {"model": Scored(y, score, 0.5), "majority": Scored(y, np.full(len(y), 0.25), 0.5)}
    dates = pd.Series(pd.date_range("1985-01-01", periods=len(y), freq="5D"))
    fold = np.repeat(["train", "validation", "test"], [len(y) - 20, 10, 10])
    tables = {
        "precision_recall": {name: curves.precision_recall(one) for name, one in models.items()},
        "roc": {name: curves.roc(one) for name, one in models.items()},
        "calibration": {"model": curves.calibration(models["model"], 0.95)},
        "confusion": {"model": curves.confusion(models["model"])},
        "threshold_sweep": {"model": curves.threshold_sweep(models["model"])},
        "decision_curve": {"model": curves.decision_curve(models)},
        "score_by_month": {"model": curves.by_month(models["model"], dates, fold)},
        "training_curve": {"model": rounds},
    }
    return draw_all(tables, {"model": 0.5, "majority": 0.5})


def random_scores() -> np.ndarray:
    return np.random.default_rng(0).random(120).round(3)


@pytest.mark.parametrize(
    ("score", "rounds"),
    [(random_scores(), ROUNDS), (np.full(120, 0.25), ROUNDS.head(0)), (np.tile([1.0, 0, 0, 0], 30), ROUNDS.head(1))],
    ids=["usual", "one score for all", "perfect"],
)
def test_every_figure_is_a_picture_with_its_title(score: np.ndarray, rounds: pd.DataFrame) -> None:
    figures = drawn(score, rounds)
    assert set(figures) == NAMES
    for svg in figures.values():
        root = ElementTree.fromstring(svg)
        assert root.tag.endswith("svg")
        assert "nan" not in "".join(root.itertext())
    assert "What an alert buys" in figures["threshold_sweep"]


def test_a_model_without_rounds_says_so() -> None:
    assert "fitted in one step" in drawn(random_scores(), ROUNDS.head(0))["training_curve"]


def test_the_bytes_are_the_same_in_any_process() -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; import hashlib; from test_figures import drawn, random_scores;"
        "print(hashlib.md5(''.join(drawn(random_scores()).values()).encode()).hexdigest())"
    )
    here = hashlib.md5("".join(drawn(random_scores()).values()).encode()).hexdigest()
    folders = [str(ROOT / "tests"), str(ROOT / "tests/evaluation")]
    for seed in ("1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code, *folders]
        there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
        assert there == here
