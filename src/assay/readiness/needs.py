"""The needs of the model: the inputs of a request, and resources beside their limits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.budget.page import NOT_MEASURED, NOTHING, TITLES, Limit, limits, number, on_machine, warnings
from assay.cards.markdown import percent
from assay.config.dataset import CATEGORY, CHECK, IGNORE, LEAK, NUMBER, PERSONAL, SET_MISSING, TARGET, TEXT
from assay.paths import BUDGET, BUNDLE
from assay.preparation.reduced_contract import collected
from assay.preparation.request import optional, request_contract, required
from assay.readiness.facts import Facts
from assay.readiness.item import Section

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset

REQUIRED, MAY_BE_EMPTY, MAY_LACK, NOT_NEEDED = "required", "value may be missing", "may be left out", "not needed"
UNUSED = {
    PERSONAL: "personal",
    LEAK: "not known before the outcome",
    IGNORE: "the model does not read it",
    TARGET: "the outcome",
    CHECK: "others are only checked against it",
}
VALUES_SHOWN = 6


def resources(facts: Facts) -> Section:
    """Versions, disk, memory, time, each with its limit."""
    sentences = ["What the system that it runs in must have, and the limits of the criteria (conf/criteria)."]
    rows = [
        ("Python", facts.needs_python or "not declared", NOTHING, NOTHING, "the package assay"),
        ("libraries", _versions(facts), NOTHING, NOTHING, str(BUNDLE)),
        (
            "cores",
            f"{facts.budget.machine['cores']}, where it was measured" if facts.budget else NOT_MEASURED,
            NOTHING,
            NOTHING,
            str(BUDGET),
        ),
        *(_measured(facts, name, limits(facts.budget, facts.config.criteria.cost)) for name in TITLES),
    ]
    if facts.budget:
        sentences += [
            on_machine(facts.budget.machine),
            f"Measured {facts.budget.time}.",
            *map(_sentence, warnings(facts.budget)),
        ]
    elif facts.measured_on:
        sentences.append(f"{BUDGET} is of another model, {facts.measured_on}: measure this one, with assay budget.")
    else:
        sentences.append("Nothing was measured on this machine yet: assay budget.")
    return Section("resources", "What it needs", sentences, ("", "needed", "limit", "verdict", "from"), rows)


def _versions(facts: Facts) -> str:
    return ", ".join(f"{name} {version}" for name, version in facts.bundle.versions.items())


def _measured(facts: Facts, name: str, judged: Sequence[Limit]) -> tuple[str, ...]:
    value = facts.budget.figures.get(name) if facts.budget else None
    limit = next((one for one in judged if one.name == name), None)
    found = NOT_MEASURED if value is None else number(value)
    return TITLES[name], found, *((limit.asked, limit.verdict) if limit else (NOTHING, NOTHING)), str(BUDGET)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def inputs(facts: Facts) -> Section:
    """Each column of the contract: whether a request needs it, what its values may be, and how often it was missing."""
    dataset = facts.bundle.config.dataset
    request = request_contract(collected(dataset), derived=facts.bundle.config.features.derived and derives(dataset))
    rows = [_input(facts, request, name, column) for name, column in dataset.columns.items()]
    rows.sort(key=lambda row: ORDER.index(row[1]))
    counts = [f"{sum(row[1] == need for row in rows)} {need}" for need in ORDER]
    sentences = [
        f"Of {len(rows)} columns of the contract: {'; '.join(counts)}.",
        "What is required must be known at the moment of the request.",
        "Missing: the share of train records without a value, for what the model reads as it is.",
    ]
    head = ("column", "in a request", "values", "any other value", "missing in training", "meaning")
    return Section("inputs", "Inputs of a request", sentences, head, rows)


ORDER = (REQUIRED, MAY_BE_EMPTY, MAY_LACK, NOT_NEEDED)


def derives(dataset: "Dataset") -> bool:
    """Whether the dataset has derived features, which may read any column."""
    from assay.datasets import knowledge

    return bool(knowledge(dataset).derives)


def need(request: "Dataset", name: str) -> str:
    """Whether a request must have a column."""
    if name not in request.columns:
        return NOT_NEEDED
    if optional(request.columns[name]):
        return MAY_LACK
    column = request.columns[name]
    return REQUIRED if required(column) else MAY_BE_EMPTY


def _input(facts: Facts, request: "Dataset", name: str, column: "Column") -> tuple[str, ...]:
    needed, missing = need(request, name), facts.missing.get(name)
    unused = "not known when the model is asked" if not column.available else UNUSED.get(column.role, column.role)
    about = column.about or NOTHING
    return (
        name,
        needed,
        allowed(column) if needed != NOT_NEEDED else NOTHING,
        NOTHING if needed == NOT_NEEDED else otherwise(column),
        NOTHING if missing is None else percent(missing),
        f"{about} ({unused})" if needed in (NOT_NEEDED, MAY_LACK) else about,
    )


def allowed(column: "Column") -> str:
    """The values that a column may have, in short."""
    unit = f" {column.unit}" if column.unit else ""
    if column.type == NUMBER:
        return f"number{f' from {column.range[0]:g} to {column.range[1]:g}' if column.range else ''}{unit}"
    listed = ", ".join(column.values[:VALUES_SHOWN])
    more = f" and {len(column.values) - VALUES_SHOWN} more" if len(column.values) > VALUES_SHOWN else ""
    return f"{column.type}{f': {listed}{more}' if listed else ''}{f' like {column.pattern}' if column.pattern else ''}"


def otherwise(column: "Column") -> str:
    """The fate of a record with another value, or without one where it is required."""
    if column.type in (CATEGORY, TEXT) and column.nullable and not (column.values or column.pattern):
        return NOTHING  # there is no other value
    return "counts as missing" if column.otherwise == SET_MISSING else "no score"
