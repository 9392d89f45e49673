"""Is one model really better than another? Compares both on the same records, with intervals."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from assay.errors import AssayError
from assay.evaluation.assess import scored_by
from assay.statistics.bootstrap import Estimate, Estimates, Resamples, Task, estimate, estimates
from assay.statistics.edges import BOOTSTRAP
from assay.statistics.metrics import METRICS, RANKED_BY, Metric, Place, measure, shown_in
from assay.statistics.resampled import Scored

BETTER, WORSE, UNDECIDED, SAME = "better", "worse", "undecided", "same"


class Side(Protocol):
    """A model with its scores of test records, such as a revision (`assay.experiments.revisions.Revision`)."""

    @property
    def name(self) -> str: ...

    @property
    def test(self) -> pd.DataFrame: ...

    @property
    def threshold(self) -> float: ...


@dataclass(frozen=True)
class Plan:
    """How to compare: number of resamples, confidence of intervals, threshold probability of net benefit, seed."""

    resamples: int = 10_000
    confidence: float = 0.95
    threshold_probability: float = 0.1
    seed: int = 42


@dataclass(frozen=True)
class Row:
    """One metric: base by its own labels, base and head by head's labels, and their paired difference.

    `p`, corrected for the number of rows, is set if many rows are judged at once. method: that of the interval.
    """

    metric: str
    base_own: float
    base: float
    head: float
    difference: float
    interval: tuple[float, float]
    verdict: str
    p: float | None = None
    group: str = ""
    records: int = 0
    method: str = BOOTSTRAP


@dataclass(frozen=True)
class Comparison:
    """Base against head on their common graded test records, both judged by head's labels.

    only_base, only_head: the number of graded test records that the other side lacks. relabelled: common ones whose
    label differs. discordant: the numbers of decisions that only head, and only base, got right, with McNemar's exact
    p.
    """

    base: Scored
    head: Scored
    ids: list[str]
    only_base: int
    only_head: int
    relabelled: int
    rows: list[Row]
    slices: list[Row]
    discordant: tuple[int, int, float]
    new_alerts: list[str]
    lost_alerts: list[str]

    @property
    def verdict(self) -> str:
        """The verdict on the metric by which models are ranked."""
        return next(row.verdict for row in self.rows if row.metric == RANKED_BY)


def compare(base: Side, head: Side, groups: pd.DataFrame, plan: Plan) -> Comparison:
    """Compare two revisions; `groups` are the slices by record id. AssayError if they share too few records."""
    graded = [side.test[side.test["excluded"] == ""] for side in (base, head)]
    ids = graded[0].index.intersection(graded[1].index).sort_values()
    tables = [table.loc[ids] for table in graded]
    own = scored_by(tables[0], "score", base.threshold)
    after = scored_by(tables[1], "score", head.threshold)
    if len(ids) == 0 or after.y.min() == after.y.max():
        raise AssayError(
            f"{base.name} and {head.name} share {len(ids)} graded records, not of both classes",
            where="data/split",
            todo="compare revisions whose folds overlap",
        )
    if after.weight is None:  # if one side is a weighted sample, so are the common records
        after = replace(after, weight=own.weight)
    before = replace(own, y=after.y, weight=after.weight)
    drawn = Resamples(len(ids), plan.resamples, plan.seed)
    changed = after.alert.astype(int) - before.alert
    names = np.asarray(ids)
    return Comparison(
        base=before,
        head=after,
        ids=[str(name) for name in ids],
        only_base=len(graded[0]) - len(ids),
        only_head=len(graded[1]) - len(ids),
        relabelled=int((own.y != after.y).sum()),
        rows=whole(own, before, after, drawn, plan),
        slices=corrected(by_slice(before, after, groups.loc[ids], drawn, plan), plan.confidence),
        discordant=mcnemar(before, after),
        new_alerts=[str(name) for name in names[changed > 0]],
        lost_alerts=[str(name) for name in names[changed < 0]],
    )


def whole(base_own: Scored, base: Scored, head: Scored, drawn: Resamples, plan: Plan) -> list[Row]:
    """A row for every metric, on all records."""
    of_all = partial(measure, threshold_probability=plan.threshold_probability)
    own = of_all(base_own, base_own.weights)
    before = estimate(base, drawn, of_all)
    after = estimate(head, drawn, of_all) if differ(base, head) else before
    return [judged(metric, before, after, plan, float(own[metric.name][0])) for metric in METRICS.values()]


def by_slice(base: Scored, head: Scored, groups: pd.DataFrame, drawn: Resamples, plan: Plan) -> list[Row]:
    """Rows of each value of each grouping; those whose difference is undefined are left out."""
    metrics = shown_in(Place.COMPARISON_SLICES)
    of_slices = partial(measure, threshold_probability=plan.threshold_probability, metrics=metrics)
    slices = [(grouping, value) for grouping in map(str, groups) for value in sorted(groups[grouping].unique())]
    inside = {name: (groups[name[0]] == name[1]).to_numpy() for name in slices}
    changed = [name for name in slices if differ(base.only(inside[name]), head.only(inside[name]))]
    before, after = (
        estimates({name: Task(side.only(inside[name]), of_slices, inside[name]) for name in named}, drawn)
        for side, named in ((base, slices), (head, changed))
    )
    rows = []
    for name in slices:
        group, records = f"{name[0]}: {name[1]}", int(inside[name].sum())
        sides = before[name], after.get(name, before[name])
        found = [judged(metric, *sides, plan, group=group, records=records) for metric in metrics]
        rows += [row for row in found if np.isfinite(row.interval).all()]
    return rows


def differ(base: Scored, head: Scored) -> bool:
    """Whether the sides say different things of any record; else one estimate is that of both."""
    return base.threshold != head.threshold or not np.array_equal(base.score, head.score)


def judged(metric: Metric, base: Estimates, head: Estimates, plan: Plan, base_own: float = np.nan, **more: Any) -> Row:
    """The row of a metric; better or worse only if the paired interval of the gain excludes zero."""
    before, after = base[metric.name], head[metric.name]
    gain, difference = gained(before, after, metric.better), after.minus(before)
    verdict = verdict_on(gain, plan.confidence)
    return Row(
        metric=metric.name,
        base_own=base_own,
        base=before.value,
        head=after.value,
        difference=difference.value,
        interval=difference.interval(plan.confidence),
        method=difference.method,
        verdict=verdict,
        p=p_value(gain) if gain.sound or verdict != UNDECIDED else 1.0,  # resamples that cannot tell give no p
        **more,
    )


def gained(base: Estimate, head: Estimate, better: Literal["higher", "lower"] | float) -> Estimate:
    """The paired gain of head over base: positive if head is better."""
    if better == "higher":
        return head.minus(base)
    if better == "lower":
        return base.minus(head)
    before, after = (
        replace(one, value=abs(one.value - better), resampled=np.abs(one.resampled - better)) for one in (base, head)
    )
    return before.minus(before if base is head else after)


def p_value(gain: Estimate) -> float:
    """Two-sided bootstrap p: twice the smaller share of resamples on either side of zero (Davison & Hinkley 1997)."""
    defined = gain.resampled[np.isfinite(gain.resampled)]
    tails = [int((defined <= 0).sum()) + 1, int((defined >= 0).sum()) + 1]
    return float(min(1, 2 * min(tails) / (len(defined) + 1)))


def corrected(rows: list[Row], confidence: float) -> list[Row]:
    """The rows with p corrected for their number; rows not significant after that are undecided or the same.

    Benjamini & Yekutieli (Annals of Statistics 29, 2001): controls the false discovery rate under any dependence.
    """
    if not rows:
        return rows
    from scipy.stats import false_discovery_control

    adjusted = false_discovery_control([row.p for row in rows], method="by")
    return [
        Row(**{**vars(row), "p": float(p), "verdict": row.verdict if p <= 1 - confidence else _no_finding(row)})
        for row, p in zip(rows, adjusted, strict=True)
    ]


def mcnemar(base: Scored, head: Scored) -> tuple[int, int, float]:
    """The numbers of decisions that only head, and only base, got right, and the exact p that both are as likely.

    McNemar (Psychometrika 12, 1947); exact by the binomial test on the discordant pairs.
    """
    right = [side.alert == (side.y == 1) for side in (base, head)]
    gains, losses = int((right[1] & ~right[0]).sum()), int((right[0] & ~right[1]).sum())
    if gains + losses == 0:
        return 0, 0, 1.0
    from scipy.stats import binomtest

    return gains, losses, float(binomtest(gains, gains + losses).pvalue)


def _no_finding(row: Row) -> str:
    return SAME if row.verdict == SAME else UNDECIDED


def verdict_on(gain: Estimate, confidence: float) -> str:
    """Better or worse only if the interval of a paired gain excludes zero."""
    low, high = gain.interval(confidence)
    if low == high == 0:
        return SAME
    if low > 0:
        return BETTER
    return WORSE if high < 0 else UNDECIDED
