"""Suspects: planted errors come first; what people have settled is left alone; nothing is edited."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.config.schema import Review
from assay.labels.precedence import ADJUDICATED, AGREED, DISPUTED, KINDS, SINGLE, SOURCE
from assay.labels.suspects import BORDERLINE, SECOND, SUSPECT, counts, estimated_errors, queue, ranked, uncertain

N, PREVALENCE = 1000, 0.06


def seen(seed: int = 0, flips: int = 0) -> pd.DataFrame:
    """Records with good scores, from a model that knows the truth; and some wrong labels."""
    generator = np.random.default_rng(seed)
    truth = (generator.random(N) < PREVALENCE).astype(int)
    scores = np.clip(np.where(truth == 1, generator.beta(8, 2, N), generator.beta(1, 20, N)), 1e-6, 1 - 1e-6)
    wrong = np.isin(np.arange(N), generator.permutation(N)[:flips])
    return pd.DataFrame(
        {
            "record_id": [f"r{number}" for number in range(N)],
            "label": np.where(wrong, 1 - truth, truth),
            "fold": np.where(np.arange(N) < N * 0.8, "train", "validation"),
            "score": scores.round(6),
            "decided_by": SOURCE,
            "wrong": wrong,
        }
    )


def listed(table: pd.DataFrame, suspects: int = 30, borderline: int = 20) -> pd.DataFrame:
    return queue(table, table["score"], 0.3, Review(suspects=suspects, borderline=borderline))


@pytest.mark.parametrize("seed", range(5))
def test_planted_flips_are_ranked_first(seed: int) -> None:
    table = seen(seed, flips=30)
    first = ranked(table["label"].to_numpy(), table["score"].to_numpy())[:30]
    assert table["wrong"].iloc[first].sum() >= 28
    assert 10 <= estimated_errors(table["label"].to_numpy(), table["score"].to_numpy()) <= 40


def test_borderline_is_what_lies_nearest_to_the_threshold_in_log_odds() -> None:
    scores = np.array([0.0, 1.0, 0.29, 0.5, 0.15, 0.3])
    assert uncertain(scores, 0.3).tolist() == [5, 2, 3, 4, 0, 1]


def test_the_kinds_take_turns_and_no_record_comes_twice() -> None:
    table = seen(flips=30)
    table.loc[[3, 4], "decided_by"] = SINGLE
    found = listed(table)
    assert found["reason"].head(5).tolist() == [SUSPECT, BORDERLINE, SECOND, SUSPECT, BORDERLINE]
    assert found["reason"].value_counts().to_dict() == {SUSPECT: 30, BORDERLINE: 20, SECOND: 2}
    assert found["rank"].tolist() == list(range(1, 53))
    assert found["record_id"].is_unique


@pytest.mark.parametrize("settled", [AGREED, DISPUTED, ADJUDICATED])
def test_what_people_have_settled_or_dispute_is_not_asked_again(settled: str) -> None:
    table = seen(flips=30)
    before = listed(table)
    decided = table["record_id"].isin(before["record_id"].head(10))
    table.loc[decided, "decided_by"] = settled
    after = listed(table)
    assert set(after["record_id"]).isdisjoint(table.loc[decided, "record_id"])
    assert len(after) == len(before)


@pytest.mark.slow
@settings(max_examples=25)  # each is a whole ledger
@given(st.lists(st.sampled_from(KINDS), min_size=N, max_size=N), st.integers(0, 50), st.integers(0, 50))
def test_any_state_of_the_ledger_gives_a_sound_queue(kinds: list[str], suspects: int, borderline: int) -> None:
    table = seen(flips=10).assign(decided_by=kinds)
    before = table.copy()
    found = listed(table, suspects, borderline)
    pd.testing.assert_frame_equal(table, before)
    by_reason = found["reason"].value_counts()
    assert by_reason.get(SUSPECT, 0) == suspects
    assert by_reason.get(BORDERLINE, 0) == borderline
    singles = set(table.loc[table["decided_by"] == SINGLE, "record_id"])
    assert singles <= set(found["record_id"])
    assert found["record_id"].is_unique
    assert set(table.set_index("record_id").loc[found["record_id"], "decided_by"]) <= {SOURCE, SINGLE}


@pytest.mark.parametrize("constant", [0.0, 0.06, 1.0])
def test_a_model_without_an_opinion_still_gives_a_queue(constant: float) -> None:
    table = seen().assign(model=constant)
    assert len(listed(table)) == 50
    assert counts(listed(table), table, table["score"])["queue"]["records"] == 50


def test_the_counts_say_what_the_queue_holds() -> None:
    table = seen(flips=30)
    found = counts(listed(table), table, table["score"])
    assert found["records"] == N
    assert found["queue"]["by_reason"] == {SUSPECT: 30, BORDERLINE: 20, SECOND: 0}
    assert sum(found["queue"]["by_fold"].values()) == 50
    assert set(found["queue"]["by_fold"]) == {"train", "validation"}
