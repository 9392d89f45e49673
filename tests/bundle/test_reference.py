"""The reference of a bundle: what monitoring compares arriving records with."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bundle.reference import (
    BINS,
    calibration,
    counted,
    feature,
    population,
    quantile_edges,
    reference,
    scores,
)
from assay.files import plain

NUMBERS = st.lists(st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, 0.05]), min_size=1, max_size=200)


@given(NUMBERS)
def test_edges_are_values_from_the_lowest_to_the_highest(values: list[float]) -> None:
    edges = quantile_edges(np.array(values), np.ones(len(values)))
    assert set(edges) <= set(values)
    assert (edges[0], edges[-1]) == (min(values), max(values))
    assert len(edges) <= BINS + 1
    assert (np.diff(edges) > 0).all()


@given(NUMBERS, NUMBERS)
def test_every_value_is_counted_in_the_bin_between_its_edges(train: list[float], arriving: list[float]) -> None:
    edges = quantile_edges(np.array(train), np.ones(len(train)))
    bounds = [-np.inf, np.nextafter(edges[0], -np.inf), *edges, np.inf]
    expected = [sum(low < one <= high for one in arriving) for low, high in pairwise(bounds)]
    assert counted(np.array(arriving), edges).tolist() == expected
    own = counted(np.array(train), edges)
    assert (own[0], own[-1], own.sum()) == (0, 0, len(train))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=1, max_size=60))
def test_a_weight_counts_as_so_many_records(pairs: list[tuple[int, int]]) -> None:
    values, weights = np.array(pairs, dtype="float64").T
    repeated = np.repeat(values, weights.astype(int))
    assert plain(feature(pd.Series(values), weights)) == plain(feature(pd.Series(repeated)))


def test_a_value_below_all_of_train_is_not_among_its_lowest() -> None:
    """As the TSH of a new assay, which reads .005 where the old one read .05."""
    edges = quantile_edges(np.array([0.05] * 30 + [1.0] * 70), np.ones(100))
    assert counted(np.array([0.005, 0.05]), edges).tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (
            pd.Series([2.0, np.nan, 1.0, 2.0]),
            {"kind": "number", "count": 4, "missing": 0.25, "edges": [1.0, 2.0], "counts": [0, 1, 2, 0]},
        ),
        (
            pd.Series([np.nan, np.nan]),
            {"kind": "number", "count": 2, "missing": 1.0, "edges": [], "counts": [0, 0]},
        ),
        (
            pd.Series(pd.Categorical(["F", None, "F"], ["F", "M"])),
            {"kind": "category", "count": 3, "missing": 0.333333, "counts": {"F": 2, "M": 0}},
        ),
        (
            pd.Series([True, False, False]),
            {"kind": "flag", "count": 3, "missing": 0.0, "counts": {"false": 2, "true": 1}},
        ),
    ],
)
def test_each_kind_of_feature(column: pd.Series, expected: dict[str, object]) -> None:
    assert plain(feature(column)) == expected


def test_edges_are_not_rounded() -> None:
    assert plain(feature(pd.Series([1e-9, 1 / 3])))["edges"] == [1e-9, 1 / 3]


SEEN = pd.DataFrame(
    {
        "fold": ["train", "train", "validation"],
        "label": [0, 1, 1],
        "score": [0.1, 0.9, 0.5],
        "date": pd.to_datetime(["1985-01-31", "1985-02-01", "1985-02-28"]),
    }
)


def test_scores_and_dates_by_month_and_fold() -> None:
    found = plain(reference(pd.DataFrame({"age": [1.0, 2.0]}), None, SEEN, threshold=0.5))
    assert found["scores"]["alerts"] == 0.666667
    assert found["scores"]["by_month"] == {
        "1985-01": {"count": 1, "alerts": 0.0, "counts": [0, 1, 0, 0, 0]},
        "1985-02": {"count": 2, "alerts": 1.0, "counts": [0, 0, 1, 1, 0]},
    }
    assert found["features"]["age"]["by_month"] == {
        "1985-01": {"count": 1, "missing": 0.0, "counts": [0, 1, 0, 0]},
        "1985-02": {"count": 1, "missing": 0.0, "counts": [0, 0, 1, 0]},
    }
    assert found["dates"] == {"train": ["1985-01-31", "1985-02-01"], "validation": ["1985-02-28", "1985-02-28"]}


def test_without_dates_nothing_is_said_of_months() -> None:
    found = reference(pd.DataFrame({"age": [1.0]}), None, SEEN.drop(columns="date"), threshold=0.5)
    assert set(found) == {"features", "scores", "calibration"}
    assert "by_month" not in found["scores"]


def test_alerts_are_weighted() -> None:
    found = scores(SEEN.assign(weight=[8.0, 1.0, 1.0]), threshold=0.5)
    assert (found["count"], found["alerts"]) == (10, 0.2)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1)), min_size=1, max_size=80), st.integers(0, 9))
def test_no_bin_of_the_calibration_has_records_with_and_without_an_alert(
    pairs: list[tuple[int, int]], cut: int
) -> None:
    score, y = np.array(pairs).T
    found = plain(calibration(score / 10, y, cut / 10))
    assert (sum(found["counts"]), sum(found["positives"]), found["effective"]) == (len(y), y.sum(), len(y))
    alerts = counted(score[score >= cut] / 10, np.array(found["edges"]))
    others = counted(score[score < cut] / 10, np.array(found["edges"]))
    assert not (alerts * others).any()


def test_the_calibration_has_bins_where_the_few_positives_are() -> None:
    """Of 10,000 records 50 are positive, all within the highest hundredth of the scores."""
    score = np.arange(10_000) / 10_000
    y = (score >= 0.995).astype(int)
    edges = np.array(plain(calibration(score, y, 0.99))["edges"])
    assert (edges >= 0.995).sum() >= BINS / 2 - 1


def test_the_calibration_counts_weights() -> None:
    found = plain(calibration(np.array([0.1, 0.9]), np.array([0, 1]), 0.5, np.array([3.0, 1.0])))
    assert (sum(found["counts"]), sum(found["positives"]), found["effective"]) == (4, 1, 1.6)


def test_who_is_outside_the_population_by_month() -> None:
    days = pd.to_datetime(["1985-01-31", "1985-01-31", "1985-02-01", "1985-02-28"])
    everyone = pd.DataFrame({"outside": ["", "treated", "", ""], "date": days, "weight": [1.0, 3.0, 1.0, 1.0]})
    assert population(everyone) == {
        "count": 6,
        "outside": {"treated": 0.5},
        "by_month": {
            "1985-01": {"count": 4, "outside": {"treated": 0.75}},
            "1985-02": {"count": 2, "outside": {"treated": 0.0}},
        },
    }


def test_the_effective_number_is_stated_of_weighted_records() -> None:
    found = reference(pd.DataFrame({"age": [1.0, 2.0]}), np.array([8.0, 1.0]), SEEN, threshold=0.5)
    assert found["effective"] == pytest.approx(81 / 65)


def test_slices_and_months_have_the_bins_of_the_calibration_and_add_up_to_it() -> None:
    generator = np.random.default_rng(0)
    score, sex = generator.random(400), pd.Series(generator.choice(["F", "M"], 400))
    seen = pd.DataFrame({"score": score, "label": (score > generator.random(400)).astype(int), "fold": "train"})
    seen["date"] = pd.date_range("1985-01-15", periods=4, freq="MS").repeat(100)
    found = plain(reference(pd.DataFrame({"a": score}), None, seen, threshold=0.5, grouped={"sex": sex}))
    for parts in (found["slices"]["sex"], found["calibration"]["by_month"]):
        for name in ("counts", "positives"):
            assert np.sum([one[name] for one in parts.values()], axis=0).tolist() == found["calibration"][name]
    assert sum(found["slices"]["sex"]["F"]["counts"]) == (sex == "F").sum()
