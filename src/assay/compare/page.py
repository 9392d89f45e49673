"""Reads two revisions and compares them."""

from dataclasses import dataclass

from assay.compare.changes import Changes, changes
from assay.compare.paired import Comparison, Plan, compare
from assay.config.load import typed
from assay.contract.population import slices
from assay.experiments.revisions import Revision


@dataclass(frozen=True)
class Page:
    """The content of a comparison: names of the sides, how they were compared, and the differences."""

    base: str
    head: str
    plan: Plan
    comparison: Comparison
    changes: Changes


def compared(base: Revision, head: Revision, resamples: int = Plan.resamples) -> Page:
    """Compare two sides with the evaluation settings of head; AssayError if one cannot be read."""
    evaluation = head.params["evaluation"]
    plan = Plan(resamples, evaluation["confidence"], evaluation["threshold_probability"], evaluation["seed"])
    groups = slices(head.records, typed(head.params).dataset)
    return Page(base.name, head.name, plan, compare(base, head, groups, plan), changes(base, head))
