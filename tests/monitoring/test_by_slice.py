"""Performance by slice: silent where nothing changed, right about which slice has fallen, and never more than watch."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assay.bundle.reference import reference
from assay.bundle.threshold import Threshold
from assay.config.schema import Monitoring
from assay.files import plain
from assay.monitoring.command import counted_and_met
from assay.monitoring.decision import Action
from assay.monitoring.judging import Judged, judged
from assay.monitoring.known import Training, training
from assay.monitoring.page import of_slices
from assay.monitoring.pieces import Piece

THRESHOLD = Threshold(0.3, 0.5, 0.95, 300, 0.6, 0.55, True, False, "")
ASKED = Monitoring()
SEX = ["F", "F", "F", "M"]


def drawn(count: int, seed: int) -> pd.DataFrame:
    """sex, a quarter M; scores that are probabilities; labels."""
    random = np.random.default_rng(seed)
    true = random.normal(-3, 2, count)
    y = (random.random(count) < 1 / (1 + np.exp(-true))).astype(int)
    return pd.DataFrame({"sex": random.choice(SEX, count), "score": (1 / (1 + np.exp(-true))).round(6), "y": y})


def known() -> Training:
    table = drawn(6000, 0)
    days = pd.date_range("1985-01-15", periods=12, freq="MS").repeat(500)
    seen = table[["score"]].assign(label=table["y"], fold="train", date=days)
    X = pd.DataFrame({"sex": pd.Categorical(table["sex"])})
    content = reference(X, None, seen, THRESHOLD.value, grouped={"sex": table["sex"]})
    return training(plain(content), {}, THRESHOLD, refit=True, edges={"sex": []})


KNOWN = known()


def found(table: pd.DataFrame, share: float | None = None, of: Training = KNOWN) -> Judged:
    """share: of the records whose labels have come; None without labels."""
    count = len(table)
    days = (np.datetime64("1986-01", "M") + np.arange(count) * 3 // max(count, 1)).astype("datetime64[D]")
    ids = np.array([f"{place}" for place in range(count)], "object")
    score = table["score"].to_numpy()
    piece = Piece(days, ids, score, score >= 0.3, {"sex": table["sex"].to_numpy()}, np.arange(count), {}, {})
    there = np.random.default_rng(0).random(count) < (share or 0)
    labels = pd.DataFrame({"label": table["y"] == 1, "ungradable": False}).set_index(pd.Index(ids, name="record_id"))
    counts, labelled = counted_and_met([piece], of, None if share is None else labels[there])
    return judged(counts, of, ASKED, labelled)


def men(table: pd.DataFrame) -> np.ndarray:
    return (table["sex"] == "M").to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("count", [60, 400, 4000])
def test_where_nothing_changed_no_slice_is_named(count: int) -> None:
    """Three rates of 1 %: of twenty batches two are named with a probability of .1, three of .02."""
    assert sum(bool(found(drawn(count, seed), 1.0).slices.said) for seed in range(1, 21)) <= 2


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_labels_show_that_the_alerts_of_a_slice_are_no_longer_right(share: float) -> None:
    table = drawn(3000, 1)
    table.loc[men(table) & (table["score"] > 0.3) & (np.arange(3000) % 4 > 0), "y"] = 0
    told = found(table, share)
    assert [str(one.group) for one in told.slices.slices if one.said] == ["sex M"]
    assert any(text.startswith("labels of sex M: precision 0.") for text in told.slices.said)
    assert told.decision.action == Action.WATCH
    assert told.slices.said[0] in told.decision.reasons
    assert of_slices(told.slices)[0][0] == "sex M"


def test_alerts_of_a_slice_that_are_all_wrong_are_named_though_it_has_no_positive() -> None:
    table = drawn(3000, 1)
    table.loc[men(table), "y"] = 0
    assert any(text.startswith("labels of sex M: precision 0.000") for text in found(table, 1.0).slices.said)


def test_labels_show_that_the_positives_of_a_slice_are_missed() -> None:
    table = drawn(4000, 1)
    low = men(table) & (table["score"] < 0.2)
    table.loc[low & (np.random.default_rng(2).random(4000) < 0.15), "y"] = 1
    said = found(table, 1.0).slices.said
    assert len(said) == 1
    assert said[0].startswith("labels of sex M: recall 0.")


def test_more_alerts_in_a_slice_are_seen_without_labels() -> None:
    table = drawn(3000, 1)
    table.loc[men(table), "score"] = np.sqrt(table["score"])
    told = found(table)
    assert any(text.startswith("sex M: ") and "alerts per 1000" in text for text in told.slices.said)
    assert not any("sex F" in text for text in told.slices.said)


def test_scores_that_crowd_above_the_threshold_lower_the_estimate_of_a_slice() -> None:
    table = drawn(3000, 1)
    table.loc[men(table), "score"] = np.random.default_rng(0).uniform(0.29, 0.36, men(table).sum())
    assert any(text.startswith("estimated before labels of sex M: precision") for text in found(table).slices.said)


def test_labels_that_are_few_decide_nothing() -> None:
    table = drawn(3000, 1)
    table.loc[men(table), "y"] = 0
    assert found(table, 0.4).slices.said == []


def test_a_slice_whose_labels_out_of_fold_contradict_the_calibration_is_not_estimated() -> None:
    assert KNOWN.slices
    positives = KNOWN.slices.positives.copy()
    place = KNOWN.slices.of("sex")["M"]
    positives[place] /= 2
    told = found(drawn(3000, 1), of=replace(KNOWN, slices=replace(KNOWN.slices, positives=positives)))
    (one,) = (one for one in told.slices.slices if one.group.name == "M")
    assert one.estimated.assumption.reasons[0].startswith("out of fold, of ")
    assert one.said == ()


def test_a_group_that_the_training_did_not_have_and_a_small_one_are_not_looked_at() -> None:
    table = drawn(400, 1)
    table["sex"] = np.where(men(table), "X", "F")
    table.loc[:20, "sex"] = "M"
    assert [one.group.name for one in found(table).slices.slices] == ["F"]


@pytest.mark.parametrize("without", [{"slices": None}, {"slices": None, "calibration": None}])
def test_a_bundle_that_says_nothing_of_slices_has_none(without: dict[str, None]) -> None:
    told = found(drawn(400, 1), 1.0, replace(KNOWN, **without))
    assert told.slices.slices == ()
    assert told.slices.stated() == {"confidence": 1.0, "looked_at": 0, "said": [], "slices": []}


def test_no_record_is_no_slice() -> None:
    assert found(drawn(400, 1).iloc[:0]).slices.said == []
