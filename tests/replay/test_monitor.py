"""The monitor of production in a replay: silent where nothing changed, and right about what did."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assay.bundle.threshold import Threshold
from assay.config.schema import Monitoring
from assay.monitoring.decision import Action, Decision
from assay.replay.monitor import monitored
from assay.replay.policies import Reference, Seen, Served
from replay_samples import dated

CUT = Threshold(0.5, 0.8, 0.95, 300, 0.86, 0.81, True, False, "")
ASKED = Monitoring()
MONITOR = monitored(ASKED, {})
Change = Callable[[pd.Series], object]


def scores(X: pd.DataFrame) -> np.ndarray:
    return (1 / (1 + np.exp(1.5 - X["TSH"]))).to_numpy()


def reference(table: pd.DataFrame) -> Reference:
    X, y = table.drop(columns=["date", "y"]), table["y"].to_numpy()
    return Reference(X, y, scores(X), table["date"].to_numpy(), CUT)


FIRST = reference(dated(months=6, each=300, changed=None, seed=1))


def decided(table: pd.DataFrame, come: int | None = None) -> Decision:
    """table: of one month; come: of how many records the label has come, None for none."""
    X, labels = table.drop(columns=["date", "y"]), table["y"].to_numpy("float64")
    labels[come or 0 :] = np.nan
    return MONITOR(Seen(FIRST, Served(X, scores(X), table["date"].to_numpy(), labels), month=7))


def month(seed: int, size: int = 300) -> pd.DataFrame:
    table = dated(months=1, each=size, changed=None, seed=seed)
    return table.assign(date=table["date"] + pd.DateOffset(months=7))


@pytest.mark.parametrize("size", [1, 20, 300, 3000])
def test_months_without_a_change_are_fine(size: int) -> None:
    decisions = [decided(month(seed, size), size) for seed in range(10, 30)]
    assert sum(one.action != Action.FINE for one in decisions) <= 1


def test_a_month_without_records_is_fine() -> None:
    assert decided(month(7).iloc[:0]).action == Action.FINE


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("TSH", lambda values: values - 2),
        ("T3", lambda values: values * 88.4),
        ("T3", lambda values: values * np.nan),
        ("sex", lambda values: pd.Categorical(["F"] * len(values), ["F", "M"])),
        ("rare", lambda values: np.arange(len(values)) % 2 == 0),
    ],
    ids=["shifted", "another unit", "gone missing", "one category", "a new value"],
)
def test_a_change_is_named(column: str, change: Change) -> None:
    table = month(7)
    decision = decided(table.assign(**{column: change(table[column])}))
    assert decision.action != Action.FINE
    assert any(column in reason for reason in decision.reasons)


def test_a_single_record_with_a_new_value_is_no_drift() -> None:
    table = month(7)
    table.loc[table.index[0], "rare"] = True
    assert decided(table).action == Action.FINE


def test_records_and_scores_that_drift_are_to_be_learned() -> None:
    """No estimate holds, because values are below all of the training."""
    table = month(7)
    assert decided(table.assign(TSH=table["TSH"] - 3)).action == Action.RETRAIN


@pytest.mark.parametrize(("come", "action"), [(None, Action.FINE), (100, Action.FINE), (300, Action.RETRAIN)])
def test_labels_tell_what_records_do_not(come: int | None, action: Action) -> None:
    """Half of the alerts are no positives any more, and only labels can say so."""
    table = month(7)
    alert = scores(table) >= CUT.value
    table["y"] = np.where(alert & (np.arange(300) % 2 == 0), 0, table["y"])
    decision = decided(table, come)
    assert decision.action == action
    assert any("labels" in reason for reason in decision.reasons)


def test_the_settings_are_those_of_the_monitor() -> None:
    table = month(7)
    X = table.drop(columns=["date", "y"]).assign(TSH=table["TSH"] - 2)
    seen = Seen(FIRST, Served(X, scores(X), table["date"].to_numpy(), np.full(300, np.nan)), month=7)
    deaf = monitored(Monitoring(least_shift=0.9, fewest=1000), {})
    assert not any("TSH up to" in reason for reason in deaf(seen).reasons)
    assert any("TSH up to" in reason for reason in MONITOR(seen).reasons)
