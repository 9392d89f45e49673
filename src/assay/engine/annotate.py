"""annotate, in one batch or many: labels the records of a table, and tells of all of them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.contract.population import exclusions
from assay.engine.parallel import Each
from assay.labels.agreement import agreement, votes
from assay.labels.classes import Effect
from assay.labels.decision import Decision
from assay.labels.policy import Counts, annotate
from assay.labels.precedence import DECISIONS, merge

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.config.schema import Labels


class Annotator:
    """Labels batches of cleaned records by these decisions and a policy. each: as of `assay.engine.parallel`."""

    def __init__(self, dataset: "Dataset", policy: "Labels", decisions: Sequence[Decision], each: Each = map) -> None:
        self.policy, self.decisions, self.each = policy, decisions, each
        self.label = partial(labelled, dataset=dataset, policy=policy, decisions=decisions)
        self.counts, self.effect = Counts(), Effect()

    def __call__(self, batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """The labels of batches, as `assay.labels.policy.annotate` gives them."""
        for by_source, labels in self.each(self.label, batches):
            self.counts.add(labels)
            self.effect.add(by_source, labels)
            yield labels

    def log(self) -> dict[str, Any]:
        """The counts of the records of all batches, for JSON."""
        return {
            "policy": f"{self.policy.name} v{self.policy.version}",
            **self.counts.stated(),
            **self.effect.stated(),
            "agreement": agreement(votes(self.decisions, self.policy)),
        }


def labelled(
    records: pd.DataFrame, dataset: "Dataset", policy: "Labels", decisions: Sequence[Decision]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels of the records of a batch that people decided on, without these decisions; then the labels of all."""
    outside = exclusions(records, dataset)
    labels = annotate(merge(records, decisions), outside, policy)
    decided = labels[DECISIONS] > 0
    return annotate(merge(records[decided], []), outside[decided], policy), labels
