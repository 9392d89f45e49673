"""Labels that are due and have not come."""

import numpy as np
import pandas as pd
import pytest

from assay.config.schema import Monitoring
from assay.monitoring.counts import Counts, of_piece
from assay.monitoring.decision import Action
from assay.monitoring.finding import TO, Finding, Kind
from assay.monitoring.judging import Judged, judged, late
from assay.monitoring.performance import from_labels
from assay.monitoring.pieces import Piece
from assay.monitoring.realised import met
from monitoring_samples import KNOWN, drawn

ENDS = {"1986-01": 300, "1986-02": 300, "1986-03": 300, "1986-04": 300}  # records by month; the last day is 04-30


def arrived(shares: dict[str, float], records: dict[str, int] = ENDS) -> tuple[Counts, pd.DataFrame]:
    """Records of these months, and so large a part of them with labels, by chance."""
    months = np.repeat(list(records), list(records.values()))
    score, y = drawn(len(months), 1)
    days = (months.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    ids = np.arange(len(months)).astype("str").astype("object")
    features = {"TSH": np.random.default_rng(1).normal(5, 1, len(months))}
    one = Piece(days, ids, score, score >= 0.3, features, np.arange(len(months)), {}, {})
    counts = Counts()
    counts.add(of_piece(one, KNOWN))
    chance = np.random.default_rng(2).random(len(months))
    there = chance < np.array([shares.get(month, 0.0) for month in months])
    labels = pd.DataFrame({"label": y == 1, "ungradable": False}, pd.Index(ids, name="record_id"))
    return counts, met(ids, one.months, score, labels[there])


def found(shares: dict[str, float], after: int | None = 50, records: dict[str, int] = ENDS) -> list[Finding]:
    counts, labelled = arrived(shares, records)
    asked = Monitoring(labels_after_days=after)
    return [*late(from_labels(labelled, counts, KNOWN, asked), counts, asked)]


CASES: dict[str, tuple[dict[str, float], int | None, list[str]]] = {
    "all have come": (dict.fromkeys(ENDS, 1.0), 50, []),
    "those that are due have come": ({"1986-01": 1, "1986-02": 1}, 50, []),
    "but for a few": ({"1986-01": 0.9, "1986-02": 0.9}, 50, []),
    "the newest that are due have not": ({"1986-01": 1}, 50, ["1986-02"]),
    "half of them": ({"1986-01": 1, "1986-02": 0.5}, 50, ["1986-02"]),
    "on the day": ({"1986-01": 1}, 61, ["1986-02"]),
    "a day before": ({"1986-01": 1}, 62, []),
    "at once": ({"1986-01": 1, "1986-02": 1, "1986-03": 1}, 0, ["1986-04"]),
    "none at all": ({"1986-04": 1}, 50, ["1986-01", "1986-02"]),
    "not asked": ({"1986-01": 1}, None, []),
}


@pytest.mark.parametrize("case", CASES)
def test_months_whose_labels_are_late_are_named(case: str) -> None:
    shares, after, months = CASES[case]
    spoken = found(shares, after)
    assert [(one.kind, one.subject, one.month) for one in spoken] == [(Kind.LATE, "labels", one) for one in months]


def test_a_finding_says_how_many_labels_have_come_and_how_late_they_are() -> None:
    (one,) = found({"1986-01": 1})
    assert (
        one.what
        == "labels of 0 of 300 records have come (0 %), 61 days after the last of them, and all are due after 50"
    )
    assert (one.records, one.size, one.usual) == (300, 1.0, pytest.approx(0.2))


def test_months_with_few_records_are_judged_together() -> None:
    few = {"1986-01": 30, "1986-02": 30, "1986-04": 300}
    assert [one.month for one in found({}, records=few)] == [f"1986-01{TO}1986-02"]
    assert found({"1986-01": 1, "1986-02": 0.8}, records=few) == []


def test_few_records_and_records_without_a_date_are_not_judged() -> None:
    assert found({}, records={"1986-01": 49, "1986-04": 300}) == []
    assert found({"1986-01": 1}, records={"NaT": 300, "1986-01": 300}) == []


TODAY: dict[str, tuple[dict[str, int], str]] = {
    "the last record": (ENDS, "1986-04-30"),
    "but for one with a date far ahead": ({**ENDS, "2068-01": 1}, "1986-04-30"),
    "one far back changes nothing": ({"1901-01": 1, **ENDS}, "1986-04-30"),
    "nor do two": ({**ENDS, "1999-01": 1, "2068-01": 3}, "1986-04-30"),
    "five are more than a mistake": ({"1986-01": 300, "1986-02": 3, "1986-03": 2}, "1986-02-28"),
    "of many records so many are": ({"1986-01": 9000, "2068-01": 13}, "1986-01-31"),
    "few in all": ({"1986-01": 2, "1986-02": 2}, "1986-02-28"),
    "no date": ({"NaT": 300}, "NaT"),
}


@pytest.mark.parametrize("case", TODAY)
def test_records_tell_what_day_it_is(case: str) -> None:
    records, day = TODAY[case]
    assert str(arrived({}, records)[0].today) == day


def test_one_mistyped_date_makes_no_label_late_and_no_training_old() -> None:
    labels = {"1986-01": 1.0, "1986-02": 1.0}
    counts, labelled = arrived(labels, {**ENDS, "2068-01": 1})
    spoken = judged(counts, KNOWN, Monitoring(labels_after_days=50, stale_after_days=365), labelled)
    assert not [one for one in spoken.findings if one.kind in (Kind.LATE, Kind.STALE)]
    assert spoken.age == whole(labels).age


def whole(labels: dict[str, float] | None) -> Judged:
    counts, labelled = arrived(labels or {})
    return judged(counts, KNOWN, Monitoring(labels_after_days=50), None if labels is None else labelled)


def test_late_labels_are_to_be_watched_and_nothing_is_late_where_no_labels_were_given() -> None:
    late = whole({"1986-01": 1.0})
    assert late.decision.action == Action.WATCH
    assert late.decision.reasons[0].endswith("[1986-02]")
    assert whole(None).decision.action == whole({"1986-01": 1.0, "1986-02": 1.0}).decision.action == Action.FINE
