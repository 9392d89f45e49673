"""The risks that the line's files tell."""

from typing import Any

from assay.audit.base import WARNING
from assay.cards.data_card import unlike
from assay.cards.markdown import percent
from assay.cards.model_card import better_at_finding
from assay.paths import AUDIT, BUNDLE
from assay.presentation import words
from assay.readiness.claims import figure, ungradable_share
from assay.readiness.facts import Facts, Part, report, told
from assay.readiness.item import Item
from assay.readiness.missing_data import FEWEST
from assay.records.folds import RANDOM

WORST = 3  # slices
TELL = "judge whether it holds where the model is to run"


def risks(facts: Facts) -> list[Item]:
    """The risks, those of the model first."""
    parts: dict[Part, tuple[str, ...]] = {
        _missed: ("metrics", "intervals"),
        _alarms: ("metrics", "intervals"),
        _threshold: (),
        _baselines: ("metrics", "baselines"),
        _slices: ("metrics", "slices"),
        _drift: ("profile",),
        _ungradable: ("annotation", "ungradable"),
        _audit: ("audit",),
        _sample: ("sampling",),
        _groups: (),
        _limits: (),
        _personal: (),
    }
    return told(parts, facts)


def _missed(facts: Facts) -> list[Item]:
    metrics = facts.reports["metrics"]
    missed = int(metrics["positives"] - metrics["true_positives"])
    said = f"{missed} of {metrics['positives']} positives of the test fold; recall {figure(facts, 'recall')}"
    todo = "no alert must not mean: negative; assay diagnose says what holds the model back"
    return [Item("it misses positives", said, report("metrics"), todo)] if missed else []


def _alarms(facts: Facts) -> list[Item]:
    metrics = facts.reports["metrics"]
    said = f"{int(metrics['false_positives'])} of the test fold; precision {figure(facts, 'precision')}"
    return (
        [Item("false alerts", said, report("metrics"), "plan people for all alerts")]
        if metrics["false_positives"]
        else []
    )


def _threshold(facts: Facts) -> list[Item]:
    cut = facts.bundle.threshold
    said = f"lower bound {cut.recall_lower_bound:.3f}, asked {cut.min_recall:g}"
    what = "where the threshold was chosen, recall is not shown to reach its floor"
    return [] if cut.guaranteed else [Item(what, said, str(BUNDLE), "collect positives, or lower the floor")]


def _baselines(facts: Facts) -> list[Item]:
    return [
        Item(
            f"the baseline {name} finds more",
            f"recall {recall}, for {alerts} alerts per 1,000",
            report("baselines"),
            "weigh what it finds more against its alerts",
        )
        for name, recall, alerts in better_at_finding(dict(facts.reports))
    ]


def _slices(facts: Facts) -> list[Item]:
    whole = facts.reports["metrics"]["recall"]
    told = [one for one in facts.reports["slices"] if one["positives"] >= FEWEST and one["recall"]["value"] is not None]
    lower = [] if whole is None else [one for one in told if one["recall"]["value"] < whole]
    worst = sorted(lower, key=lambda one: one["recall"]["value"])
    return [_slice(one) for one in worst[:WORST]]


def _slice(one: dict[str, Any]) -> Item:
    recall = words.stated(one["recall"], "recall")
    return Item(
        f"lower recall where {one['slice'].replace('_', ' ')} is {one['value']}",
        f"{recall}, of {one['positives']} positives",
        report("slices"),
        "a difference within the interval is no finding: watch this group",
    )


def _drift(facts: Facts) -> list[Item]:
    changed = [one for one in facts.reports["profile"] if (one["greatest_change"] or {}).get("notable")]
    return [
        Item(
            f"{one['column']} is distributed differently from {one['greatest_change']['day']} on",
            f"distance {one['greatest_change']['distance']:.2f}; lowest value {one['greatest_change']['low_before']:g} "
            f"before, {one['greatest_change']['low_after']:g} after",
            report("profile"),
            "ask how it is measured where the model is to run",
        )
        for one in changed
    ]


def _ungradable(facts: Facts) -> list[Item]:
    share, ungradable = ungradable_share(facts), facts.reports["ungradable"]
    if not share:
        return []
    with_them = ungradable["included"]["metrics"]["precision"]
    said = f"{percent(share)} of the records, {ungradable['records']} in the test fold"
    counted = f"; counted in as negative, precision is {words.number(with_them, 'precision')}"
    todo = "expect such records in use: they get no score if their code is known, else a score that nobody can check"
    return [
        Item("records that nobody can grade are left out of the figures", said + counted, report("ungradable"), todo)
    ]


def _audit(facts: Facts) -> list[Item]:
    found = ((check, one) for check in facts.reports["audit"] for one in check["findings"] if one["verdict"] == WARNING)
    todo = "see docs/method.md"
    return [Item(f"the audit warns: {check['title']}", one["what"], str(AUDIT), todo) for check, one in found]


def _sample(facts: Facts) -> list[Item]:
    columns = unlike(facts.reports["sampling"]["sample"])
    if not columns:
        return []
    todo = "draw another sample: docs/sampling.md"
    return [Item("the sample does not represent its source", ", ".join(columns), report("sampling"), todo)]


def _groups(facts: Facts) -> list[Item]:
    dataset, split = facts.bundle.config.dataset, facts.bundle.config.split
    if dataset.group and split.by != RANDOM:
        return []
    if dataset.group:
        what = f"records of one {dataset.group} may be in two folds, so the figures may be too good"
        return [Item(what, f"split by {split.by}", facts.contract, "split=group keeps them together")]
    what = "no column says which records belong together; such may be in two folds, and the figures too good"
    return [Item(what, "dataset.group is empty", facts.contract, "name the column, if there is one: dataset.group")]


def _limits(facts: Facts) -> list[Item]:
    return [Item(text, "stated by the contract", facts.contract, TELL) for text in facts.bundle.config.dataset.limits]


def _personal(facts: Facts) -> list[Item]:
    said = facts.bundle.config.dataset.personal_data
    todo = "settle who may see records, and for how long, where it is to run"
    return [Item(said, "personal data", facts.contract, todo)] if said else []
