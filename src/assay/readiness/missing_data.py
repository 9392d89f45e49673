"""The data that is still missing: values, columns, positives, groups."""

import math

from assay.cards.markdown import percent
from assay.evaluation.criteria import Judged, criterion_title
from assay.presentation import words
from assay.readiness.claims import findings
from assay.readiness.facts import Facts, Part, report, told
from assay.readiness.item import Item
from assay.statistics.edges import BOOTSTRAP

FEWEST = 10  # positives in a group, below which its recall says nothing
COLUMNS_SHOWN, GROUPS_SHOWN = 8, 8


def lacking(facts: Facts) -> list[Item]:
    """The data that is lacking, and how much of it."""
    parts: dict[Part, tuple[str, ...]] = {
        _unsettled: ("metrics", "verdict"),
        _values: ("quality", "profile", "cleaning"),
        _groups: ("slices",),
        _no_dates: (),
    }
    return told(parts, facts)


def to_settle(value: float, interval: tuple[float, float], bound: float, count: float) -> int | None:
    """How many cases an interval needs to leave out the bound, if the figure stays what it is; None if it is the bound.

    An interval narrows with the square root of the number of cases.

    >>> to_settle(0.93, (0.88, 0.98), bound=0.9, count=90)
    250
    """
    half = value - interval[0] if value > bound else interval[1] - value
    return math.ceil(round(count * (half / (value - bound)) ** 2, 6)) if value != bound else None


def _unsettled(facts: Facts) -> list[Item]:
    return [_to_settle(facts, one) for one in findings(facts) if not one.settled]


def _to_settle(facts: Facts, one: Judged) -> Item:
    metrics, bounds = facts.reports["metrics"], facts.config.criteria
    bound = {"recall": bounds.min_recall, "alerts_per_1000": bounds.max_alerts_per_1000}.get(one.criterion, 0.0)
    unit = "records" if one.criterion == "alerts_per_1000" else "positives"
    figure = words.with_interval(one.value, one.interval, one.criterion.split()[0], one.method)
    if not one.has_width or one.method != BOOTSTRAP:
        return _open(one, figure, f"the {metrics[unit]} {unit} of the test fold all agree, or are too few")
    needed = to_settle(one.value, one.interval, bound, metrics[unit])
    more = max(0, needed - metrics[unit]) if needed is not None else None
    said = "the figure is the bound itself" if more is None else f"about {more} {unit} more in the test fold"
    return _open(one, figure, f"{said}, if it stays so{_months(facts, more, metrics[unit])}")


def _open(one: Judged, figure: str, said: str) -> Item:
    return Item(
        f"{criterion_title(one.criterion)} is not settled: {figure}, asked {one.asked}",
        said,
        f"{report('verdict')}, {report('metrics')}",
        "collect them; assay learning-curve says whether training gains from more",
    )


def _months(facts: Facts, more: int | None, had: int) -> str:
    if not (facts.test and more and had):
        return ""
    months = more / (had / facts.test.months)
    return f": {months:.0f} months at the rate of the test fold ({had / facts.test.months:.1f} a month)"


def _values(facts: Facts) -> list[Item]:
    whole = facts.reports["quality"]["completeness"]["after"]
    absent = whole["total"] - whole["good"]
    if not absent:
        return []
    columns = sorted(facts.reports["profile"], key=lambda one: -one["missing"])
    rows, named = facts.reports["cleaning"]["rows_out"], [one for one in columns if one["missing"]]
    listed = ", ".join(f"{one['column']} {percent(one['missing'] / rows)}" for one in named[:COLUMNS_SHOWN])
    more = f" and {len(named) - COLUMNS_SHOWN} more columns" if len(named) > COLUMNS_SHOWN else ""
    return [
        Item(
            "values are missing",
            f"{percent(absent / whole['total'])} of all that features could have: {listed}{more}",
            f"{report('quality')}, {report('profile')}",
            "find out whether they can be had at the moment of a request",
        )
    ]


def _groups(facts: Facts) -> list[Item]:
    few = [one for one in facts.reports["slices"] if one["positives"] < FEWEST]
    if not few:
        return []
    listed = ", ".join(
        f"{one['slice'].replace('_', ' ')} {one['value']} ({one['positives']})" for one in few[:GROUPS_SHOWN]
    )
    more = f" and {len(few) - GROUPS_SHOWN} more" if len(few) > GROUPS_SHOWN else ""
    return [
        Item(
            f"groups with fewer than {FEWEST} positives in the test fold, in which recall cannot be told",
            f"{listed}{more}",
            report("slices"),
            "collect records of these groups, or do not use it on them unseen",
        )
    ]


def _no_dates(facts: Facts) -> list[Item]:
    if facts.records:
        return []
    return [
        Item(
            "the records have no dates",
            "dataset.time is empty",
            facts.contract,
            "name the column: dataset.time; then drift can be seen",
        )
    ]
