"""Performance once labels have arrived, of all records or of a part."""

import numpy as np
import pandas as pd
import pytest

from assay.monitoring.realised import Realised, met, ranking, realised
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored

THRESHOLD, NONE = 0.5, float("nan")


def month(
    score: list[float], label: list[float], ungradable: list[bool] | None = None, name: str = "1985-05"
) -> Realised:
    table = pd.DataFrame({"month": name, "score": score, "label": label})
    table = table.assign(ungradable=ungradable or [False] * len(score))
    return by_month(table)[0][name]


def by_month(table: pd.DataFrame) -> tuple[dict[str, Realised], Realised | None]:
    """Of scored records, a row each; NaN is a label that has not arrived, or that nobody can know."""
    scored = table[table["score"].notna()]
    alerts = scored["score"] >= THRESHOLD
    counts = {month: (len(rows), int(alerts[rows].sum())) for month, rows in scored.groupby("month").groups.items()}
    return realised(scored[scored["label"].notna() | scored["ungradable"]], counts, THRESHOLD, 0.95)


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
    found, _ = by_month(table)
    assert [(name, one.records, one.labelled) for name, one in found.items()] == [("1985-05", 1, 0), ("1985-06", 1, 1)]
    assert found["1985-05"].stated()["settled"] is False


def test_all_together_are_the_months_whose_labels_have_arrived() -> None:
    """Of the first month one label in ten is missing, of the second most."""
    parts = []
    for seed, missing in ((1, 0.1), (2, 0.9), (3, 0.0)):
        score, label = drawn(1000, seed)
        late = np.random.default_rng(seed).random(1000) < missing
        parts.append(pd.DataFrame({"month": f"1985-0{seed}", "score": score, "label": np.where(late, NONE, label)}))
    found, whole = by_month(pd.concat(parts, ignore_index=True).assign(ungradable=False))
    assert whole is not None
    assert whole.labelled == found["1985-01"].labelled + found["1985-03"].labelled
    assert (whole.records, whole.settled, found["1985-02"].settled) == (2000, True, False)
    recall = [one.figures["recall"] for one in (found["1985-01"], found["1985-03"], whole)]
    assert min(recall[0].value, recall[1].value) <= recall[2].value <= max(recall[0].value, recall[1].value)
    assert recall[2].high - recall[2].low < recall[0].high - recall[0].low


def test_months_with_few_positives_are_settled_together() -> None:
    table = pd.DataFrame(
        {"month": np.repeat(["1985-01", "1985-02"], 100), "score": 0.1, "label": 0.0, "ungradable": False}
    )
    table.loc[[*range(4), *range(100, 104)], ["score", "label"]] = 0.9, 1.0
    found, whole = by_month(table)
    assert [one.settled for one in found.values()] == [False, False]
    assert whole is not None
    assert (whole.settled, whole.positives) == (True, 8)


def test_without_labels_nothing_is_together() -> None:
    assert (
        by_month(pd.DataFrame({"month": ["1985-05"], "score": [0.9], "label": [NONE], "ungradable": False}))[1] is None
    )


def test_labels_meet_their_records_and_others_are_left_out() -> None:
    labels = pd.DataFrame(
        {"label": [True, False, True, True], "ungradable": [False, True, False, False]},
        pd.Index(["3", "1", "9", "4"], name="record_id"),
    )
    ids, months = np.array(["1", "2", "3", "4"], "object"), np.array(["1985-05"] * 4, "object")
    found = met(ids, months, np.array([0.1, 0.2, 0.3, NONE]), labels)
    assert found["score"].tolist() == [0.1, 0.3]
    np.testing.assert_array_equal(found["label"], [NONE, 1.0])


def test_of_many_records_only_some_are_drawn_and_the_interval_is_about_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    score, label = drawn(4000, 2)
    scored = Scored(label.astype(int), score, THRESHOLD, np.ones(4000))
    whole = ranking(scored, 0)
    monkeypatch.setattr("assay.monitoring.realised.MOST_RECORDS", 1000)
    part = ranking(scored, 0)
    assert part.value == whole.value
    assert part.interval(0.95) == pytest.approx(whole.interval(0.95), abs=0.01)


@pytest.mark.parametrize("score", [[0.9], [0.1], [0.9, 0.1]])
def test_a_month_without_labels_has_alerts_alone(score: list[float]) -> None:
    found = month(score, [NONE] * len(score))
    assert np.isfinite(found.figures["alerts_per_1000"].value)
    assert all(np.isnan(one.value) for name, one in found.figures.items() if name != "alerts_per_1000")
    assert found.unsettled == (f"labels of 0 of {len(score)} records have arrived",)
