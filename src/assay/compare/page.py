"""Reads two revisions and compares them."""

from dataclasses import dataclass, field

from assay.compare.changes import Changes, changes
from assay.compare.out_of_fold import side
from assay.compare.paired import Comparison, Plan, Side, compare
from assay.config.load import typed
from assay.config.words import Words, complete
from assay.contract.population import slices
from assay.errors import AssayError
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
    out_of_fold: bool = False

    @property
    def records(self) -> str:
        """The compared records, in words."""
        return "records out of fold" if self.out_of_fold else "test records"


def compared(base: Revision, head: Revision, resamples: int = Plan.resamples, out_of_fold: bool = False) -> Page:
    """Compare two sides with the evaluation settings of head; AssayError if one cannot be read.

    out_of_fold: on train and validation, in place of the test fold.
    """
    plan, dataset = plan_of(head, resamples), typed(head.params).dataset
    before: Side = side(base) if out_of_fold else base
    after: Side = side(head) if out_of_fold else head
    one = compare(before, after, slices(head.records, dataset), plan)
    return Page(base.name, head.name, plan, one, changes(base, head), complete(dataset.words), out_of_fold)


def plan_of(head: Revision, resamples: int = Plan.resamples) -> Plan:
    """How to compare with a revision as head: as its own evaluation does."""
    evaluation = head.params.get("evaluation")
    if not isinstance(evaluation, dict) or not {"confidence", "threshold_probability", "seed"} <= evaluation.keys():
        todo = "choose another revision"
        raise AssayError("params.yaml does not say how to evaluate", where=f"{head.name}: evaluation", todo=todo)
    return Plan(resamples, evaluation["confidence"], evaluation["threshold_probability"], evaluation["seed"])
