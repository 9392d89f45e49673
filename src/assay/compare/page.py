"""Reads two revisions and compares them."""

from dataclasses import dataclass, field

from assay.compare.changes import Changes, changes
from assay.compare.paired import Comparison, Plan, compare
from assay.config.load import typed
from assay.config.words import Words, complete
from assay.contract.population import slices
from assay.experiments.revisions import Revision


@dataclass(frozen=True)
class Page:
    """The content of a comparison: names of the sides, how they were compared, the differences, and head's words."""

    base: str
    head: str
    plan: Plan
    comparison: Comparison
    changes: Changes
    called: Words = field(default_factory=lambda: complete(None))


def compared(base: Revision, head: Revision, resamples: int = Plan.resamples) -> Page:
    """Compare two sides with the evaluation settings of head; AssayError if one cannot be read."""
    evaluation = head.params["evaluation"]
    plan = Plan(resamples, evaluation["confidence"], evaluation["threshold_probability"], evaluation["seed"])
    dataset = typed(head.params).dataset
    one = compare(base, head, slices(head.records, dataset), plan)
    return Page(base.name, head.name, plan, one, changes(base, head), complete(dataset.words))
