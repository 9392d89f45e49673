"""Performance before the labels: the calibration, the estimate, and what speaks against it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bundle.reference import CATEGORY, NUMBER
from assay.bundle.reference import calibration as table_of
from assay.errors import AssayError
from assay.files import plain
from assay.monitoring.assumption import Assumption, assumption, beyond, moved
from assay.monitoring.calibration import Calibration, isotonic, of_bundle
from assay.monitoring.estimation import average_precision, estimate, ratios
from assay.monitoring.known import Known, Row
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored
from weighted_estimate import of_records, weighted

THRESHOLD = 0.5


def drawn(n: int, seed: int = 0, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores (n,) that are probabilities, a tenth of them above .5, and labels; slope: what the log odds are times."""
    generator = np.random.default_rng(seed)
    odds = generator.normal(-3, 2.5, n)
    probability, true = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(-slope * odds))
    return probability, (generator.random(n) < true).astype(int)


def calibrated(score: np.ndarray, y: np.ndarray, draws: int = 400) -> Calibration:
    return of_bundle(plain({"calibration": table_of(score, y, THRESHOLD)}), THRESHOLD, draws)


REFERENCE = calibrated(*drawn(4000))


def estimated(score: np.ndarray, calibration: Calibration = REFERENCE) -> dict[str, tuple[float, float, float]]:
    found = estimate(calibration.counted(score), calibration, Assumption())
    return {name: (one.value, *one.interval(0.95)) for name, one in found.figures.items()}


@pytest.mark.slow
@pytest.mark.parametrize("n", [300, 20_000])
def test_in_most_batches_the_labels_confirm_the_estimate(n: int) -> None:
    """Each time with another reference: the interval counts that it might have been another.

    By chance 95 % intervals hold fewer than 88 of 100 figures once in a thousand times.
    """
    hits = dict.fromkeys(("recall", "precision", "average_precision", "prevalence"), 0)
    for seed in range(100):
        score, y = drawn(n, 1000 + seed)
        scored = Scored(y, score, THRESHOLD)
        found = estimated(score, calibrated(*drawn(4000, seed), draws=200))
        for name in hits:
            truth = METRICS[name].of(scored) if name in METRICS else scored.prevalence
            hits[name] += found[name][1] <= truth <= found[name][2]
    assert min(hits.values()) >= 88, hits


def test_a_larger_batch_has_a_narrower_interval_that_never_shrinks_to_nothing() -> None:
    """What is left is how uncertain the calibration is."""
    widths = [high - low for n in (300, 3000, 10**6) for _, low, high in [estimated(drawn(n, 1)[0])["recall"]]]
    assert widths[0] > widths[1] > widths[2] > 0.02


def test_a_smaller_reference_has_a_wider_interval() -> None:
    score = drawn(10**5, 1)[0]
    narrow, wide = (estimated(score, calibrated(*drawn(n, 2)))["precision"] for n in (8000, 800))
    assert wide[2] - wide[1] > 2 * (narrow[2] - narrow[1])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=1, max_size=40))
def test_the_figures_of_known_labels_are_those_of_the_metrics(pairs: list[tuple[int, int]]) -> None:
    """Each score is a bin of its own, and the labels are the draw."""
    score, y = np.array(pairs).T
    counts, positives = np.bincount(score, minlength=6), np.bincount(score, y, minlength=6).astype(int)
    scored = Scored(y, score.astype(float), 3)
    found = ratios(positives[None, :], counts, np.arange(6) >= 3)
    for name in ("recall", "precision"):
        assert found[name][0] == pytest.approx(METRICS[name].of(scored), nan_ok=True)
    assert found["prevalence"][0] == pytest.approx(y.mean())


@pytest.mark.parametrize("y", [[0, 1, 0, 1], [1, 1, 1, 1], [0, 0, 0, 1], [1, 0, 0, 0]], ids=str)
def test_average_precision_is_that_of_the_metric_where_no_two_scores_are_equal(y: list[int]) -> None:
    scored = Scored(np.array(y), np.array([0.1, 0.2, 0.3, 0.4]), 0.5)
    found = average_precision(np.array([y]), np.ones(4, "int64"))[0]
    assert found == pytest.approx(METRICS["average_precision"].of(scored))


def test_average_precision_of_a_bin_is_that_of_labels_in_any_order() -> None:
    generator, y = np.random.default_rng(0), np.array([1] * 10 + [0] * 30)
    orders = [
        METRICS["average_precision"].of(Scored(generator.permutation(y), np.arange(40.0), 0)) for _ in range(2000)
    ]
    assert average_precision(np.array([[10]]), np.array([40]))[0] == pytest.approx(np.mean(orders), abs=0.005)


def test_a_batch_without_a_score_has_no_figures() -> None:
    found = estimate(REFERENCE.counted(np.array([np.nan])), REFERENCE, Assumption()).stated(0.95)
    assert found["records"] == 0
    assert all(np.isnan(one["value"]) for one in found["figures"].values())


def test_what_no_label_would_define_has_no_interval() -> None:
    """One record that is hardly ever positive, without an alert."""
    found = estimated(np.array([0.0001]))
    assert np.isnan(found["recall"][1:]).all()
    assert np.isnan(found["precision"]).all()


def test_json_states_the_alerts_that_are_known() -> None:
    score = np.repeat([0.001, 0.9], [90, 10])
    stated = estimate(REFERENCE.counted(score), REFERENCE, Assumption(("why",)), fallback="few").stated(0.95)
    low, high = stated["figures"]["alerts_per_1000"]["interval"]
    assert stated["figures"]["alerts_per_1000"]["value"] == 100
    assert low < 100 < high
    assert stated["assumption"] == {"holds": False, "reasons": ["why"]}
    assert (stated["records"], stated["fallback"]) == (100, "few")


def test_the_same_seed_gives_the_same_figures() -> None:
    score = drawn(500, 3)[0]
    assert estimated(score) == estimated(score)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=30))
def test_a_rate_rises_with_the_score_and_keeps_the_number_of_positives(pairs: list[tuple[int, int]]) -> None:
    positives, negatives = np.array(pairs, "float64").T
    counts = positives + negatives
    rate = isotonic(positives, counts)
    assert (np.diff(rate) >= -1e-12).all()
    assert ((rate >= 0) & (rate <= 1)).all()
    assert rate @ counts == pytest.approx(positives.sum(), abs=1e-5)


def test_records_with_weights_are_calibrated_as_so_many_records() -> None:
    score, y = drawn(500, 4)
    times = np.random.default_rng(0).integers(1, 4, 500)
    edges = REFERENCE.edges
    shifts, ones = np.zeros(2), np.ones(times.sum())
    one = of_records(edges, score, y, THRESHOLD, times.astype(float), shifts)
    other = of_records(edges, np.repeat(score, times), np.repeat(y, times), THRESHOLD, ones, shifts)
    np.testing.assert_allclose(one.rate, other.rate)
    assert one.records < other.records


def test_a_bundle_without_the_table_says_what_to_do() -> None:
    with pytest.raises(AssayError, match="train it anew"):
        of_bundle({"features": {}}, THRESHOLD)


TABLE = {"edges": [0.1, 0.5], "counts": [0, 1, 5, 4], "positives": [0, 0, 1, 4], "effective": 10}


@pytest.mark.parametrize(
    "change",
    [
        {"counts": [1, 2, 3]},
        {"positives": [0, 0, 6, 4]},
        {"positives": [0, -1, 1, 4]},
        {"edges": [0.5, 0.1]},
        {"counts": [0, 1, float("inf"), 4]},
        {"counts": [0] * 4, "positives": [0] * 4},
        {"effective": 0},
        {"by_month": {"1985-01": {"counts": [1, 0], "positives": [0, 0]}}},
        {"by_month": {"1985-01": {"counts": [0, 1, 1, 0], "positives": [0, 2, 0, 0]}}},
    ],
    ids=str,
)
def test_a_table_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    assert of_bundle({"calibration": TABLE}, THRESHOLD, draws=2).records == 10
    with pytest.raises(AssayError, match="calibration table is none"):
        of_bundle({"calibration": TABLE | change}, THRESHOLD, draws=2)


SCORE, Y = drawn(2000, 7)
FEATURES = {
    "TSH": Known(
        "TSH", "TSH", ("TSH",), NUMBER, np.array([0.05, 1.0, 4.0]), (), Row(np.array([0.0, 500, 1000, 500, 0])), {}
    ),
    "sex": Known("sex", "sex", ("sex",), CATEGORY, np.empty(0), ("F", "M"), Row(np.array([1.0, 1, 0])), {}),
}


@pytest.mark.parametrize(
    ("score", "features", "expected"),
    [
        (SCORE, {"TSH": [0, 500, 1000, 500, 0]}, None),
        (SCORE, {"TSH": [1, 500, 1000, 499, 0]}, None),  # one new lowest value
        (SCORE, {"TSH": [100, 400, 1000, 500, 0]}, "TSH (5.0% below)"),
        (SCORE, {"TSH": [0, 500, 1000, 400, 100]}, "TSH (5.0% above)"),
        (SCORE, {"sex": [1, 1]}, None),
        (np.append(SCORE, [1.0] * 200), {}, "of the scores are above all of the reference"),
        (SCORE[:20], {}, "positives are expected, fewer than 5"),
        (SCORE[:0], {}, "0.0 positives are expected"),
    ],
)
def test_what_speaks_against_an_estimate(
    score: np.ndarray, features: dict[str, list[int]], expected: str | None
) -> None:
    counts = {name: np.array(one, "float64") for name, one in features.items()}
    found = assumption(REFERENCE.counted(score), REFERENCE, counts, FEATURES)
    assert found.holds == (expected is None)
    assert expected is None or expected in "; ".join(found.reasons)


def test_a_calibration_from_few_positives_is_named() -> None:
    small = calibrated(*drawn(150, 1))
    assert any("calibration was learned from" in reason for reason in assumption(small.counted(SCORE), small).reasons)


@pytest.mark.parametrize(("slope", "expected"), [(1.0, []), (0.5, ["without an alert"]), (3.0, ["with an alert"])])
def test_labels_show_that_a_score_no_longer_means_what_it_meant(slope: float, expected: list[str]) -> None:
    score, y = drawn(2000, 11, slope)
    reasons = list(moved(REFERENCE.counted(score), REFERENCE.counted(score[y == 1]), REFERENCE))
    assert all(any(one in reason for reason in reasons) for one in expected)
    assert bool(reasons) == bool(expected)


def test_months_without_a_change_are_seldom_taken_for_one() -> None:
    wrong = 0
    for seed in range(100):
        score, y = drawn(400, 100 + seed)
        said = moved(REFERENCE.counted(score), REFERENCE.counted(score[y == 1]), REFERENCE)
        wrong += not assumption(REFERENCE.counted(score), REFERENCE, contradicted=said).holds
    assert wrong <= 5


@pytest.mark.parametrize(
    ("many", "of", "reference", "expected"),
    [
        (0, 0, 100, False),
        (5, 1000, 10**6, False),
        (3, 100, 100, False),
        (30, 100, 100, True),
        (2000, 100_000, 4000, True),
    ],
)
def test_values_beyond_the_range_count_if_they_are_many_and_no_chance(
    many: int, of: int, reference: int, expected: bool
) -> None:
    """Not: none of none, too few to matter, what chance explains."""
    assert beyond(many, of, reference, 0.01) == expected


def shifted(n: int, mean: float, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Records whose label depends on a and b, and whose score knows a alone: a shift of b changes what it means."""
    generator = np.random.default_rng(seed)
    a, b = generator.normal(0, 1, n), generator.normal(mean, 1, n)
    y = (generator.random(n) < 1 / (1 + np.exp(2 - 2 * a - 2 * b))).astype(int)
    return pd.DataFrame({"a": a, "b": b}), 1 / (1 + np.exp(2 - 2 * a)), y


def test_weights_mend_the_estimate_where_other_records_arrive() -> None:
    X, score, y = shifted(4000, 0, 1)
    batch, arriving, later = shifted(2000, 0.7, 2)
    one = calibrated(score, y)
    other, why = weighted(X, score, y, batch, one, THRESHOLD)
    assert why == ""
    before, after = (estimated(arriving, used)["prevalence"][0] for used in (one, other))
    assert abs(after - later.mean()) < 0.5 * abs(before - later.mean())
    assert 400 < other.records < 4000


@pytest.mark.parametrize(
    ("batch", "expected"),
    [(shifted(50, 0, 2)[0], "50 records arrived, fewer than the 100"), (shifted(1000, 6, 2)[0], "only ")],
    ids=["few records", "no overlap"],
)
def test_where_there_are_no_weights_the_plain_estimate_is_given_with_the_reason(
    batch: pd.DataFrame, expected: str
) -> None:
    X, score, y = shifted(1000, 0, 1)
    plain_one = calibrated(score, y)
    used, why = weighted(X, score, y, batch, plain_one, THRESHOLD)
    assert used is plain_one
    assert why.startswith(expected)
