"""The learning curve, on planted truths."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.experiments.learning_curve import (
    Point,
    answer,
    as_markdown,
    fits,
    learning_curve,
    part,
    picture,
    table,
)
from assay.modelling.records import Records
from assay.statistics.bootstrap import Estimate
from modelling_samples import configured, labelled
from svg_reading import Picture

LOGISTIC = configured("logistic")


def simple(n: int, columns: int, seed: int = 0) -> Records:
    """n records whose label hangs on the first of so many columns; the others are noise."""
    generator = np.random.default_rng(seed)
    X = pd.DataFrame(generator.normal(size=(n, columns)), columns=[f"x{number}" for number in range(columns)])
    y = (generator.random(n) < 1 / (1 + np.exp(2 - 2 * X["x0"]))).astype(int)
    return Records(X, pd.Series(y))


@given(st.integers(20, 300), st.integers(0, 4), st.integers(0, 3))
def test_a_part_has_the_share_of_positives_and_lies_within_the_larger_one(n: int, halvings: int, seed: int) -> None:
    records = labelled(n)
    rest = np.flatnonzero(np.arange(n) % 5 != 0)
    chosen, larger = (part(records, rest, times, seed) for times in (halvings + 1, halvings))
    assert set(chosen) <= set(larger) <= set(rest)
    for label in (0, 1):
        there = int((records.y.to_numpy()[rest] == label).sum())
        if there:
            assert (records.y.to_numpy()[chosen] == label).sum() == max(1, there // 2 ** (halvings + 1))


def test_more_of_what_is_hard_helps() -> None:
    points = learning_curve(LOGISTIC, simple(700, 60), folds=4, doublings=2, repeats=2)
    assert answer(points).startswith("More data would help. From 262 to 525")
    values = [point.average_precision.value for point in points]
    assert values == sorted(values)
    assert [point.records for point in points] == [131, 262, 525]


def test_more_of_what_is_known_already_changes_nothing_that_can_be_told() -> None:
    points = learning_curve(LOGISTIC, simple(900, 1), folds=3, doublings=1, repeats=2)
    assert answer(points).startswith("Whether more data would help is undecided")


def test_a_training_that_learns_nothing_is_not_helped() -> None:
    majority = configured("majority")
    points = learning_curve(majority, simple(300, 1), folds=3, doublings=1, repeats=1)
    assert "+0.000 [+0.000, +0.000]" in answer(points)


def test_progress_is_told_of_every_fit_and_the_result_is_the_same_twice() -> None:
    told: list[None] = []
    run = partial(learning_curve, LOGISTIC, labelled(), folds=3, doublings=2, repeats=2)
    first, again = run(advance=lambda: told.append(None)), run()
    assert len(told) == fits(3, 2, 2) == 15
    pd.testing.assert_frame_equal(table(first), table(again))


def test_a_weighted_sample_is_weighted_in_fits_and_figures() -> None:
    records = labelled(400)
    weighted = replace(records, weight=np.where(records.y == 1, 1.0, 10.0))
    plain, found = (learning_curve(LOGISTIC, one, 3, 1, 1)[-1].average_precision.value for one in (records, weighted))
    assert found < plain - 0.05


def test_table_and_picture_show_every_point() -> None:
    points = [Point(n, n // 10, Estimate(0.5, np.array([0.4, 0.6] * 50))) for n in (100, 200, 400)]
    curve = table(points)
    assert curve.columns.tolist() == ["training_records", "positives", "average_precision", "low", "high"]
    assert "| 200 | 20 | 0.500 [0.400, 0.600] |" in as_markdown(points)
    drawn = Picture(picture(curve), log_x=True)
    assert "training records" in drawn.text
    assert drawn.x.texts == ["100", "200", "400"]
    assert drawn.points("curve-model").tolist() == [
        pytest.approx(row, rel=1e-6) for row in curve.iloc[:, [0, 2]].values
    ]
    ends = drawn.points("bars-model")
    assert ends[:, 1].tolist() == pytest.approx(curve[["low", "high"]].to_numpy().ravel().tolist(), abs=1e-6)
