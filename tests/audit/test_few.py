"""Tables with few positives: what is named all the same, and that nothing passes for clean."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from assay.audit.base import LeakCheck
from assay.audit.checks import judged
from assay.audit.evidence import Evidence
from assay.audit.features import ComputedLabel, CopiedColumn, TellingFeature
from assay.audit.few import chance, fewest, fisher
from assay.audit.missingness import FilledForOneClass
from assay.audit.standing_out import PairStandsOut, StandsOut
from assay.records.folds import TRAIN
from audit_samples import clean, noise, positive, with_feature, with_fold

CLEAN = clean()


def few(evidence: Evidence, positives: int) -> Evidence:
    """All negatives of train, and so many positives."""
    train = evidence.folds[TRAIN]
    ill = train.index[train["label"]][positives:]
    return with_fold(evidence, TRAIN, train.drop(index=ill))


@pytest.mark.parametrize("check", [TellingFeature(), ComputedLabel()])
@pytest.mark.parametrize("positives", [0, 1, 2, 18, 29])
def test_what_could_not_be_judged_is_a_warning(check: TellingFeature | ComputedLabel, positives: int) -> None:
    found = judged(check, few(CLEAN, positives), [])
    assert found.verdict == "warning"
    assert [one.what for one in found.findings] == [
        f"could not be judged: train has {positives} positives, and 30 are needed to tell a leak from luck"
    ]
    assert judged(check, few(CLEAN, positives), [check.code]).verdict == "warning"  # nobody can accept the unknown


def test_thirty_positives_can_be_judged() -> None:
    assert judged(TellingFeature(), few(CLEAN, 30), []).verdict == "passed"


@pytest.mark.parametrize("positives", [4, 18])
def test_a_perfect_leak_is_named(positives: int) -> None:
    leaking = few(with_feature(CLEAN, result=lambda r: positive(r) + 0.1 * noise(r)), positives)
    for check in (TellingFeature(), ComputedLabel()):
        found = judged(check, leaking, [])
        assert found.verdict == "warning"
        assert ("result",) in [one.rows for one in found.findings]


def test_perfect_by_chance_is_not_named() -> None:
    """One or two positives among eight hundred: some of many features always has them at its end."""
    lucky = {
        f"x{seed}": lambda r, seed=seed: np.random.default_rng(seed).standard_normal(len(r)) for seed in range(400)
    }
    found = judged(TellingFeature(), few(with_feature(CLEAN, **lucky), 1), [])
    assert [one.rows for one in found.findings] == [()]


@pytest.mark.parametrize(("check", "named"), [(StandsOut(), True), (PairStandsOut(), False)])
def test_an_almost_perfect_leak_is_named(check: StandsOut | PairStandsOut, named: bool) -> None:
    leaking = few(with_feature(CLEAN, result=lambda r: 3.3 * positive(r) + noise(r)), 18)
    assert bool(judged(check, leaking, []).findings) == named


@pytest.mark.parametrize("seed", range(20))
def test_noise_does_not_stand_out_among_few(seed: int) -> None:
    features = {f"x{j}": lambda r, j=j: np.random.default_rng([seed, j]).standard_normal(len(r)) for j in range(30)}
    for check in (StandsOut(), PairStandsOut()):
        assert judged(check, few(with_feature(CLEAN, **features), 3), []).findings == ()


def test_chance_is_that_of_all_orders() -> None:
    y = np.array([1, 1, 1, *[0] * 17])
    assert chance(np.arange(20.0)[::-1], y) == pytest.approx(2 / math.comb(20, 3))
    assert chance(np.arange(20.0), y) == pytest.approx(2 / math.comb(20, 3))
    assert chance(np.ones(20), y) == 1
    assert chance(np.full(20, np.nan), y) == 1


def test_fisher_is_that_of_scipy() -> None:
    generator = np.random.default_rng(1)
    for _ in range(20):
        inside, y = generator.random(60) < 0.3, (generator.random(60) < 0.2).astype(int)
        table = [[(inside & (y == a)).sum(), (~inside & (y == a)).sum()] for a in (1, 0)]
        assert fisher(inside, y) == pytest.approx(fisher_exact(table, "greater").pvalue)


def test_never_more_than_enough_is_asked() -> None:
    assert fewest(10**9, others=1) == 30


@pytest.mark.parametrize("check", [PairStandsOut(), StandsOut(), FilledForOneClass()])
def test_a_class_without_records_has_no_finding(check: LeakCheck) -> None:
    assert judged(check, few(CLEAN, 0), []).findings == ()


@pytest.mark.parametrize(
    "odd",
    [
        lambda r: np.full(len(r), np.nan),
        lambda r: np.ones(len(r)),
        lambda r: np.where(noise(r) > 1, np.inf, noise(r)),
        lambda r: noise(r) * 1e300,
        lambda r: pd.Categorical([f"x{i}" for i in range(len(r))]),
        lambda r: noise(r) > 1,
    ],
    ids=["empty", "constant", "infinite", "huge", "all different", "flags"],
)
def test_odd_columns_are_no_finding(odd: Callable[[pd.DataFrame], Any]) -> None:
    for check in (TellingFeature(), ComputedLabel(), StandsOut(), PairStandsOut(), FilledForOneClass(), CopiedColumn()):
        assert judged(check, with_feature(CLEAN, odd=odd), []).findings == ()
