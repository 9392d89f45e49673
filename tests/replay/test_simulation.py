"""Production month by month: nothing later is seen, labels are late, policies retrain when they should, the gate."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

from assay.monitoring.decision import Action, Decision
from assay.replay.months import timeline
from assay.replay.policies import Policy, Seen, never, scheduled, triggered
from assay.replay.simulation import UNFITTED, Gate, Month, Retraining, failures, simulate
from assay.stages.replay import fitting, policies, replayed
from replay_samples import CHANGED, config, dated, quick, records

CONFIG = config()
GATE = Gate(resamples=100, confidence=0.95, seed=0)
FIRST = 5  # the first month that can be served: four to learn from, and one until their labels have come


def run(policy: Policy, table: pd.DataFrame | None = None, delay: int = 1, gate: Gate = GATE) -> list[Month]:
    time = timeline(*records(dated() if table is None else table), CONFIG.replay)
    return simulate(time, policy, quick(time), delay, gate)


def always(action: Action, at: set[int] | None = None) -> Callable[[Seen], Decision]:
    return lambda seen: Decision(action if at is None or seen.month in at else Action.FINE, ["asked"])


def known(run: list[Month], until: int) -> list[tuple[object, ...]]:
    """All that happened until the end of a month."""
    return [
        (one.month, one.learned_until, one.threshold, one.scores.tolist(), one.decision, one.retraining)
        for one in run
        if one.month <= until
    ]


def later_changed(table: pd.DataFrame, until: int, delay: int) -> pd.DataFrame:
    """The table with all later than the month `until` changed, and the labels that have not come by then."""
    other, month = dated(seed=99, changed=3), np.repeat(np.arange(14), 80)
    changed = table.copy()
    changed.loc[month > until, ["TSH", "T3", "sex"]] = other.loc[month > until, ["TSH", "T3", "sex"]]
    changed.loc[month > until, "TSH"] *= -40
    changed.loc[month > until - delay, "y"] = 1 - table.loc[month > until - delay, "y"]
    return changed


def by_policy(table: pd.DataFrame, delay: int) -> dict[str, list[Month]]:
    time = timeline(*records(table), CONFIG.replay)
    asked = policies(time, config(replay__gap=1, replay__schedule=2))
    return {policy.name: simulate(time, policy, quick(time), delay, GATE) for policy in asked}


@cache
def unchanged(delay: int) -> dict[str, list[Month]]:
    return by_policy(dated(), delay)


@pytest.mark.slow
@pytest.mark.parametrize(("until", "delay"), [(6, 0), (6, 2), (8, 1), (11, 0), (11, 2)])
def test_nothing_later_is_seen(until: int, delay: int) -> None:
    """Records and labels that come later may be anything: what happened before is the same."""
    runs = [unchanged(delay), by_policy(later_changed(dated(), until, delay), delay)]
    for policy in runs[0]:
        assert known(runs[0][policy], until) == known(runs[1][policy], until)
        assert len(known(runs[0][policy], until)) == until - 3 - delay
        assert known(runs[0][policy], 13) != known(runs[1][policy], 13)


@pytest.mark.slow
def test_nor_by_the_line_s_own_fits() -> None:
    chosen = config(replay__schedule=2)
    runs = [replayed(timeline(*records(one), chosen.replay), chosen) for one in (dated(), later_changed(dated(), 8, 1))]
    for policy in runs[0]:
        assert known(runs[0][policy], 8) == known(runs[1][policy], 8)
        assert known(runs[0][policy], 13) != known(runs[1][policy], 13)


def test_the_first_model_serves_once_its_labels_have_come() -> None:
    for delay in (0, 1, 3):
        months = run(never(), delay=delay)
        assert [one.month for one in months] == list(range(4 + delay, 14))
        assert {one.learned_until for one in months} == {3}


def test_a_monitor_sees_the_labels_that_have_come_and_no_others() -> None:
    saw: dict[int, Seen] = {}
    run(Policy("spy", lambda seen: saw.setdefault(seen.month, seen) and Decision(Action.FINE)), delay=2)
    y = dated()["y"].to_numpy().reshape(14, 80)
    come = [one.served.labels[~np.isnan(one.served.labels)] for one in saw.values()]
    assert [len(one) for one in come] == [0, 0, 80, 160, 240, 320, 400, 480]
    np.testing.assert_array_equal(saw[9].served.labels[:160], y[6:8].ravel())
    assert [len(one.served.X) for one in saw.values()] == [80 * month for month in range(1, 9)]
    assert all(len(one.served.scores) == len(one.served.days) == len(one.served.X) for one in saw.values())


def test_by_the_calendar() -> None:
    months = run(scheduled(3, FIRST))
    assert [one.month for one in months if one.retraining] == [7, 10, 13]
    assert [one.learned_until for one in months] == [3, 3, 3, 6, 6, 6, 9, 9, 9]


def test_a_trigger_waits_for_the_labels_of_its_month() -> None:
    months = run(triggered(always(Action.RETRAIN, {6}), gap=1), delay=2)
    assert [(one.month, one.retraining.until) for one in months if one.retraining] == [(8, 6)]


@pytest.mark.parametrize(("gap", "expected"), [(1, [6, 8, 10, 12]), (3, [6, 9, 12]), (5, [6, 11])])
def test_two_retrainings_are_apart(gap: int, expected: list[int]) -> None:
    """With a delay of a month and a monitor that always asks, a new model every second month is the most."""
    months = run(triggered(always(Action.RETRAIN), gap))
    assert [one.month for one in months if one.retraining] == expected


@pytest.mark.parametrize("action", [Action.FINE, Action.WATCH])
def test_only_retrain_retrains(action: Action) -> None:
    assert not any(one.retraining for one in run(triggered(always(action), gap=1)))


def test_nothing_new_to_learn_no_retraining() -> None:
    """Every month asks at once, but without new labels there is nothing to fit."""
    months = run(Policy("eager", always(Action.RETRAIN)))
    untils = [one.retraining.until for one in months if one.retraining]
    assert untils == list(range(4, 13))
    assert len(set(untils)) == len(untils)


def test_the_triggered_policy_finds_the_change_and_gains() -> None:
    time = timeline(*records(dated()), CONFIG.replay)
    asked = policies(time, CONFIG)
    stays, _, watched = (simulate(time, one, quick(time), 1, GATE) for one in asked)
    first = next(one for one in watched if one.decision.action == Action.RETRAIN)
    assert first.month == CHANGED
    assert any("TSH" in one for one in first.decision.reasons)
    found = [sum(int((time.records.y.to_numpy()[time.of(one.month)][one.alerts]).sum()) for one in run[-3:])
             for run in (stays, watched)]  # fmt: skip
    assert found[1] > found[0]


def test_a_model_of_the_same_window_is_fitted_once() -> None:
    time = timeline(*records(dated()), CONFIG.replay)
    fits: list[int] = []
    fit = fitting(time, CONFIG, lambda: fits.append(1))
    for policy in (never(), scheduled(5, FIRST), scheduled(5, FIRST)):
        simulate(time, policy, fit, 1, GATE)
    assert len(fits) == 2 * 4  # windows until 3 and 8; each with three blocks and the final fit


@pytest.mark.parametrize(
    ("champion", "challenger", "guaranteed", "said"),
    [
        (1, 1, True, []),
        (-1, 1, True, []),
        (1, -1, True, ["average precision: worse"]),
        (1, 1, False, ["recall: at least"]),
        (1, -1, False, ["recall: at least", "average precision: worse"]),
    ],
)
def test_the_gate(champion: int, challenger: int, guaranteed: bool, said: list[str]) -> None:
    time = timeline(*records(dated()), CONFIG.replay)
    models = quick(time, champion)(3), quick(time, challenger, guaranteed)(6)
    found = failures(time, *models, GATE)  # type: ignore[arg-type]
    assert [one.startswith(start) for one, start in zip(found, said, strict=True)] == [True] * len(said)
    assert Retraining(6, found).promoted is (not said)


def test_a_challenger_that_cannot_be_compared_is_refused() -> None:
    table = dated()
    table.loc[np.repeat(np.arange(14), 80) > 3, "y"] = 0
    months = run(scheduled(3, FIRST), table)
    retrained = [one.retraining for one in months if one.retraining]
    assert len(retrained) == 3
    assert all("both classes" in one.failed[-1] for one in retrained)
    assert {one.learned_until for one in months} == {3}


def test_a_window_that_cannot_be_fitted_leaves_the_champion() -> None:
    """With all positives in one block, the other blocks have one class alone."""
    table = dated()
    table["y"] = ((np.repeat(np.arange(14), 80) < 4) & (np.arange(len(table)) % 5 == 0)).astype(int)
    time = timeline(*records(table), CONFIG.replay)
    months = simulate(time, scheduled(9, FIRST), fitting(time, CONFIG, lambda: None), 1, GATE)
    assert [one.retraining for one in months if one.retraining] == [Retraining(12, [UNFITTED])]


def test_months_without_records_are_served_by_nobody_and_hurt_nobody() -> None:
    table = dated()
    month = np.repeat(np.arange(14), 80)
    months = run(scheduled(3, FIRST), table[month != 8])
    assert [len(one.scores) for one in months] == [80, 80, 80, 0, 80, 80, 80, 80, 80]
