"""Performance once labels have arrived, of all records or of a part."""

import numpy as np
import pandas as pd
import pytest

from assay.monitoring.realised import Realised, ranking, realised, with_labels
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored

THRESHOLD, NONE = 0.5, float("nan")


def month(
    score: list[float], label: list[float], ungradable: list[bool] | None = None, name: str = "1985-05"
) -> Realised:
    table = pd.DataFrame({"month": name, "score": score, "label": label})
    return realised(table.assign(ungradable=ungradable or [False] * len(score)), THRESHOLD, 0.95)[0]


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    score = generator.beta(0.4, 3, n)
    return score, (generator.random(n) < score).astype(float)


def test_with_all_labels_the_figures_are_those_of_the_metrics() -> None:
    score, label = drawn(500, 0)
    found = month(score.tolist(), label.tolist())
    scored = Scored(label.astype(int), score, THRESHOLD)
    for name in ("recall", "precision", "average_precision", "alerts_per_1000"):
        figure = found.figures[name]
        assert figure.value == pytest.approx(METRICS[name].of(scored))
        assert figure.low < figure.value < figure.high
    assert found.figures["prevalence"].value == pytest.approx(scored.prevalence)
    assert (found.coverage, found.settled, found.unsettled) == (1.0, True, ())


ILL, WELL = [1.0] * 8, [0.0] * 8
ALERTS, OTHERS = [0.9] * 8, [0.1] * 8


@pytest.mark.parametrize(
    ("score", "label", "recall", "precision", "why"),
    [
        (ALERTS + OTHERS, ILL + WELL, 1.0, 1.0, ""),
        (ALERTS + OTHERS, ILL + ILL, 0.5, 1.0, ""),
        # Half of the others have a label, and one of them is positive: it stands for two.
        (ALERTS + OTHERS, [*ILL, 1, 0, 0, 0, NONE, NONE, NONE, NONE], 0.8, 1.0, "labels of 12 of 16 records"),
        (ALERTS + OTHERS, ILL + [NONE] * 8, NONE, 1.0, "no label of a record without an alert"),
        (ALERTS + OTHERS, [NONE] * 16, NONE, NONE, "labels of 0 of 16 records"),
        (ALERTS + OTHERS, [1.0] * 4 + [0.0] * 12, 1.0, 0.5, "4 positives so far, fewer than 5"),
        (OTHERS, WELL, NONE, NONE, "0 positives so far"),
        (ALERTS, ILL, 1.0, 1.0, ""),
    ],
)
def test_labels_of_a_part(score: list[float], label: list[float], recall: float, precision: float, why: str) -> None:
    found = month(score, label)
    assert found.figures["recall"].value == pytest.approx(recall, nan_ok=True)
    assert found.figures["precision"].value == pytest.approx(precision, nan_ok=True)
    assert any(why in one for one in found.unsettled) == bool(why)
    assert found.settled == (not why)


def test_recall_is_right_although_alerts_are_looked_at_first() -> None:
    """All alerts have labels, and a fifth of the others."""
    score, label = drawn(20_000, 1)
    seen = np.where((score >= THRESHOLD) | (np.arange(20_000) % 5 == 0), label, NONE)
    truth = METRICS["recall"].of(Scored(label.astype(int), score, THRESHOLD))
    naive = label[(score >= THRESHOLD)].sum() / np.nansum(seen)
    found = month(score.tolist(), seen.tolist()).figures["recall"]
    assert found.low < truth < found.high
    assert found.high < naive


def test_what_nobody_can_grade_counts_no_more() -> None:
    found = month([*ALERTS, 0.9], [*ILL, NONE], [False] * 8 + [True])
    assert (found.records, found.ungradable, found.coverage, found.alerts) == (8, 1, 1.0, 8)


def test_months_stand_in_order_and_records_without_a_score_in_none() -> None:
    table = pd.DataFrame(
        {"month": ["1985-06", "1985-05", "1985-04"], "score": [0.9, 0.1, NONE], "label": [1.0, NONE, 1.0]}
    ).assign(ungradable=False)
    found = realised(table, THRESHOLD, 0.95)
    assert [(one.month, one.records, one.labelled) for one in found] == [("1985-05", 1, 0), ("1985-06", 1, 1)]
    assert found[0].stated()["settled"] is False


def test_labels_meet_their_records_and_others_are_left_out() -> None:
    scored = pd.DataFrame({"record_id": ["1", "2", "3"], "month": "1985-05", "score": [0.1, 0.2, 0.3]})
    labels = pd.DataFrame(
        {"label": [True, False, True], "ungradable": [False, True, False]}, pd.Index(["3", "1", "9"], name="record_id")
    )
    found = with_labels(scored, labels)
    assert found["ungradable"].tolist() == [True, False, False]
    np.testing.assert_array_equal(found["label"], [NONE, NONE, 1.0])


def test_memory_is_bounded_and_the_interval_is_about_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    score, label = drawn(400, 2)
    scored = Scored(label.astype(int), score, THRESHOLD, np.ones(400))
    whole = ranking(scored, 0)
    monkeypatch.setattr("assay.monitoring.realised.AT_ONCE", 400 * 7)
    parts = ranking(scored, 0)
    assert len(parts.resampled) == len(whole.resampled)
    assert parts.interval(0.95) == pytest.approx(whole.interval(0.95), abs=0.02)
