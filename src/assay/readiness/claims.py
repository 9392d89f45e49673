"""The claims of the model, for whom they hold, and whether the criteria are met."""

from collections import Counter

from assay.config.words import complete
from assay.evaluation.criteria import Judged, criterion_title
from assay.paths import AUDIT, BUNDLE
from assay.presentation import words
from assay.readiness.facts import Facts, report
from assay.readiness.item import Section
from assay.records.columns import UNGRADABLE
from assay.report.page import finding_row
from assay.statistics.edges import BOOTSTRAP

Row = tuple[str, str, str]


def claims(facts: Facts) -> Section:
    """The records, the meaning of positive, who gets no score, and the figures of the test fold."""
    dataset, labels = facts.bundle.config.dataset, facts.bundle.config.labels
    rows = [
        ("a record", dataset.about or "not described: dataset.about is empty", facts.contract),
        ("positive means", labels.about or f"{_positive(facts)}, by the policy {labels.name}", facts.policy),
        *_figures_are_of(facts),
        ("who gets no score", _outside(facts), facts.contract),
        ("an alert", f"a score of {facts.bundle.threshold.value:g} or more, of 0 to 1", str(BUNDLE)),
        ("the audit", _audited(facts), str(AUDIT)),
        *_found(facts),
    ]
    return Section("claims", "What it claims, and for whom", [], ("", "", "from"), rows)


def _positive(facts: Facts) -> str:
    words_of = facts.bundle.config.dataset.codes
    named = (f"{code} ({words_of[code]})" if code in words_of else code for code in facts.bundle.config.labels.positive)
    return ", ".join(named)


def _figures_are_of(facts: Facts) -> list[Row]:
    return [("the figures are of", _used(facts), report("annotation"))] if facts.has("annotation") else []


def _audited(facts: Facts) -> str:
    """The verdict of the audit on this very model; it writes its report only if nothing stops the line."""
    if not facts.has("audit"):
        return f"has not passed this model: {facts.unevaluated}"
    checks = facts.reports["audit"]
    counts = Counter(one["verdict"] for check in checks for one in check["findings"])
    return f"passed: {len(checks)} checks, {counts['warning']} warning(s), {counts['accepted']} accepted error(s)"


def _found(facts: Facts) -> list[Row]:
    """The figures of the test fold."""
    if facts.unevaluated:
        return [("tried on", f"nothing: {facts.unevaluated}", report("metrics"))]
    return [
        ("tried on", _tested(facts), report("metrics")),
        ("of 1,000 such records", in_a_thousand(facts), report("metrics")),
    ]


def _used(facts: Facts) -> str:
    annotation = facts.reports["annotation"]
    excluded = [f"{reason.replace('_', ' ')} ({count})" for reason, count in annotation["excluded"].items()]
    whole = f"{annotation['used']} of {annotation['records']} records"
    return f"{whole}; left out: {', '.join(excluded)}" if excluded else f"all {annotation['records']} records"


def _outside(facts: Facts) -> str:
    codes = facts.bundle.config.labels.ungradable
    reasons = [one.reason.replace("_", " ") for one in facts.bundle.config.dataset.population]
    reasons += [f"a code that nobody can grade: {', '.join(codes)}"] if codes else []
    return "; ".join([*reasons, "a record that breaks the contract"])


def _tested(facts: Facts) -> str:
    metrics, split = facts.reports["metrics"], facts.bundle.config.split
    days = f", of {facts.test.first} to {facts.test.last}" if facts.test else ""
    by = {"time": "the last ones", "group": "groups taken by chance"}.get(split.by, "taken by chance")
    return f"{metrics['records']} records of the same source, {by}{days}; {metrics['positives']} of them positive"


def in_a_thousand(facts: Facts) -> str:
    """The results in counts."""
    metrics = facts.reports["metrics"]
    positive, alerts = 1000 * metrics["prevalence"], metrics["alerts_per_1000"]
    right = "" if metrics["precision"] is None else f"; {metrics['precision']:.0%} of the alerts are right"
    found = "" if metrics["recall"] is None else f", which find {metrics['recall'] * positive:.0f} of them"
    having = complete(facts.bundle.config.dataset.words).having
    return f"{positive:.0f} {having}; {alerts:.0f} alerts{found}{right}"


def criteria(facts: Facts) -> Section:
    """The criteria of the line, as `evaluate` judged them."""
    head = ("criterion", "asked", "found", "verdict", "settled by the interval")
    if facts.unevaluated:
        return Section("criteria", "Criteria", [f"None was judged: {facts.unevaluated}."], head)
    found = findings(facts)
    rows = [finding_row(one) for one in found]
    unsettled = [criterion_title(one.criterion) for one in found if not one.settled]
    sentences = [f"{sum(one.verdict == 'met' for one in found)} of {len(found)} criteria are met."]
    if unsettled:
        few = any(one.method != BOOTSTRAP and not one.settled for one in found)
        why = "the interval includes what was asked, or has no width" + ", or too few cases are of one kind" * few
        sentences.append(f"Not settled, because {why}: {', '.join(unsettled)}.")
    sentences.append(f"From {report('verdict')}.")
    return Section("criteria", "Criteria", sentences, head, rows)


def findings(facts: Facts) -> list[Judged]:
    """The verdict on each criterion; none if the model was not evaluated."""
    if facts.unevaluated:
        return []
    return [Judged(**one) for one in facts.reports["verdict"]["findings"]]


def ungradable_share(facts: Facts) -> float:
    """The share of the records that nobody can grade."""
    annotation = facts.reports["annotation"]
    return annotation["excluded"].get(UNGRADABLE, 0) / annotation["records"] if annotation["records"] else 0.0


def figure(facts: Facts, name: str) -> str:
    """A metric of the test fold with its interval."""
    return words.of_side(facts.reports, name)
