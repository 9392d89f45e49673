"""The page, as HTML that needs no network and as Markdown for a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.budget.page import NOT_MEASURED, limits
from assay.evaluation.criteria import MET, NOT_MET
from assay.presentation.markdown import Markdown, table
from assay.presentation.pages import environment
from assay.readiness.claims import claims, criteria, findings
from assay.readiness.costs import Prices, costs
from assay.readiness.facts import Facts
from assay.readiness.item import Section, section_of
from assay.readiness.missing_data import lacking
from assay.readiness.needs import inputs, resources
from assay.readiness.risks import risks
from assay.readiness.undecided import undecided

CLASSES = {MET: "met", NOT_MET: "unmet", NOT_MEASURED: "unmet"}


@dataclass(frozen=True)
class Page:
    """A heading, what it comes to, and the parts. reported: whether report.html is of this model."""

    title: str
    lead: str
    note: str
    reported: bool
    sections: Sequence[Section]


def page(facts: Facts, prices: Prices) -> Page:
    """The page of these facts."""
    opened, risky, absent = undecided(facts), risks(facts), lacking(facts)
    bundle = facts.bundle
    return Page(
        title=f"Readiness: {bundle.model['name']} for {bundle.config.labels.name} on {bundle.config.dataset.name}",
        lead=lead(facts, len(opened), len(absent), len(risky)),
        note=f"Made on {facts.today} from the files of the last run, which are named beside each figure.",
        reported=not facts.unevaluated,
        sections=[
            claims(facts),
            criteria(facts),
            section_of("open", "People and decisions", opened, "Nothing is open."),
            section_of("risks", "Risks", risky, "The files of the line name none."),
            section_of("data", "Data still missing", absent, "The files of the line name none."),
            resources(facts),
            inputs(facts),
            costs(facts, prices),
        ],
    )


def lead(facts: Facts, opened: int, absent: int, risky: int) -> str:
    """The summary, in numbers."""
    found, judged = findings(facts), limits(facts.budget, facts.config.criteria.cost)
    met, unsettled = sum(one.verdict == MET for one in found), sum(not one.settled for one in found)
    within = sum(one.verdict == MET for one in judged)
    criteria_met = f"{met} of {len(found)} criteria are met, {unsettled} not settled"
    if facts.unevaluated:
        criteria_met = f"This model was not evaluated: {facts.unevaluated}. It has no figures"
    return (
        f"{criteria_met}; {within} of {len(judged)} limits on cost "
        f"are met. {opened} points are open for people, {absent} kinds of data are missing, {risky} risks are known."
    )


def as_html(made: Page) -> str:
    """The page for a browser."""
    template = environment("assay.readiness").get_template("readiness.html.j2")
    return template.render(page=made, classes=CLASSES)


def as_markdown(made: Page) -> Markdown:
    """The page for a terminal."""
    parts = [
        Markdown("# {}").format(made.title),
        Markdown("**{}**").format(made.lead),
        Markdown("{}").format(made.note),
    ]
    for one in made.sections:
        parts.append(Markdown("## {}").format(one.title))
        parts += [Markdown("{}").format(sentence) for sentence in one.sentences]
        if one.rows:
            parts.append(table(one.head, one.rows))
    return Markdown("\n\n").join(parts)
