"""Tasks and decisions that are left to people."""

from assay.budget.page import limits, number, unmet
from assay.evaluation.criteria import MET, criterion_title
from assay.labels.decision import ANNOTATOR
from assay.paths import AUDIT, BUDGET, CLEANED, REVIEW_QUEUE
from assay.presentation import words
from assay.readiness.claims import findings
from assay.readiness.facts import Facts, Part, report, told
from assay.readiness.item import Item

PARAMS, TAGS, CHOICES, LINEAGE = "params.yaml", "git tags", "choices/", "data/lineage/"
ANNOTATORS = 2  # so that they can agree


def undecided(facts: Facts) -> list[Item]:
    """Everything that is open."""
    parts: dict[Part, tuple[str, ...]] = {
        _unevaluated: (),
        _criteria: ("verdict",),
        _budget: (),
        _versions: (),
        _signatures: (),
        _choice: (),
        _queue: ("review",),
        _annotators: ("annotation",),
        _audit: ("audit",),
        _age: (),
        _described: (),
    }
    return told(parts, facts)


def _unevaluated(facts: Facts) -> list[Item]:
    todo = "dvc repro: it makes the results, or says what stops it"
    return [Item("the model was not evaluated", facts.unevaluated, LINEAGE, todo)] if facts.unevaluated else []


def _criteria(facts: Facts) -> list[Item]:
    not_met = [one for one in findings(facts) if one.verdict != MET]
    open_ones = [one for one in findings(facts) if one.verdict == MET and not one.settled]
    found = [(one, "is not met", "change the model or the data, or decide that less is enough") for one in not_met]
    found += [(one, "is met and not settled", "decide whether that is enough to begin with") for one in open_ones]
    return [
        Item(
            f"{criterion_title(one.criterion)} {state}",
            f"{words.number(one.value, one.criterion)}, asked {one.asked}",
            report("verdict"),
            todo,
        )
        for one, state, todo in found
    ]


def _budget(facts: Facts) -> list[Item]:
    cost = facts.config.criteria.cost
    if not facts.budget:
        figure = f"of another model: {facts.measured_on}" if facts.measured_on else "no figures"
        return [Item("the cost was not measured", figure, str(BUDGET), "assay budget, on a machine like the target")]
    if not cost.at_most and not cost.at_least:
        return [Item("no limit on cost is set", "0 limits", PARAMS, "agree on limits: criteria.cost in conf/criteria")]
    return [
        Item(
            f"{one.name.replace('_', ' ')} is {one.verdict}",
            f"{'–' if one.value is None else number(one.value)}, asked {one.asked}",
            str(BUDGET),
            "measure on a machine like the target, or agree on another limit",
        )
        for one in unmet(limits(facts.budget, cost))
    ]


def _versions(facts: Facts) -> list[Item]:
    if facts.registry.stages:
        return []
    figure = f"{len(facts.registry.versions)} versions, none in a stage"
    return [Item("no version is promoted", figure, TAGS, "assay promote")]


def _signatures(facts: Facts) -> list[Item]:
    unsigned = facts.registry.unsigned
    return (
        [Item("in use without a signature", ", ".join(unsigned), TAGS, "assay promote VERSION --sign")]
        if unsigned
        else []
    )


def _choice(facts: Facts) -> list[Item]:
    if facts.chosen:
        return []
    return [Item("nobody has decided by evidence which model it should be", "no decision", CHOICES, "assay choose")]


def _queue(facts: Facts) -> list[Item]:
    seen = {one.record_id for one in facts.decided}
    left, review = [one for one in facts.queue if one not in seen], facts.reports["review"]
    errors = f"{review['estimated_label_errors']} wrong labels estimated among {review['records']}"
    if not left:
        return []
    return [
        Item(
            "labels that deserve a second look, not decided on",
            f"{len(left)} of {len(facts.queue)}; {errors}",
            f"{REVIEW_QUEUE}, {report('review')}",
            "assay review --annotator NAME, then dvc repro",
        )
    ]


def _annotators(facts: Facts) -> list[Item]:
    names = {one.annotator for one in facts.decided if one.role == ANNOTATOR}
    disputed = facts.reports["annotation"]["disputed"]
    found = []
    if len(names) < ANNOTATORS:
        figure = f"{len(names)} people have decided on labels"
        todo = "let two people decide on the same records: assay review"
        found.append(Item("whether people agree on labels is not known", figure, report("annotation"), todo))
    if disputed:
        todo = "assay review --role adjudicator"
        found.append(Item("labels on which people differ", f"{len(disputed)} records", report("annotation"), todo))
    return found


def _audit(facts: Facts) -> list[Item]:
    accepted = words.audit_says(facts.reports["audit"], "accepted")
    todo = "ask who accepted them, and why: audit.accept"
    what = "errors of the audit that somebody accepted"
    return [Item(what, "; ".join(accepted), str(AUDIT), todo)] if accepted else []


def _age(facts: Facts) -> list[Item]:
    if not facts.records:
        return []
    days = (facts.today - facts.records.last).days
    promotion = facts.config.criteria.promotion
    limit = (
        f"; fresh means within {promotion.fresh_within_days} days of {promotion.as_of or 'today'}"
        if promotion.fresh_within_days is not None
        else ""
    )
    if days <= (promotion.fresh_within_days or 0) and not promotion.as_of:
        return []
    return [
        Item(
            "the age of the data",
            f"the last record is of {facts.records.last}, {days} days before {facts.today}{limit}",
            str(CLEANED),
            "decide whether what was measured then still holds; bring newer records",
        )
    ]


def _described(facts: Facts) -> list[Item]:
    dataset = facts.bundle.config.dataset
    texts = {
        "dataset.about": ("what the records are", dataset.about, facts.contract),
        "dataset.limits": ("which limits the data has", dataset.limits, facts.contract),
        "dataset.personal_data": ("whether the records tell of persons", dataset.personal_data, facts.contract),
        "labels.about": ("what positive means", facts.bundle.config.labels.about, facts.policy),
    }
    return [
        Item(f"nobody has said {what}", f"{key} is empty", source, f"write it: {key}")
        for key, (what, text, source) in texts.items()
        if not text
    ]
