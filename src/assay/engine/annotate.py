"""annotate, in one batch or many: labels the records of a table, and tells of all of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.contract.population import exclusions
from assay.labels.agreement import agreement, votes
from assay.labels.classes import Effect
from assay.labels.decision import Decision
from assay.labels.policy import Counts, annotate
from assay.labels.precedence import merge

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.config.schema import Labels


class Annotator:
    """Labels any number of batches of cleaned records by these decisions and a policy."""

    def __init__(self, dataset: "Dataset", policy: "Labels", decisions: Sequence[Decision]) -> None:
        self.dataset, self.policy, self.decisions = dataset, policy, decisions
        self.counts, self.effect = Counts(), Effect()

    def __call__(self, records: pd.DataFrame) -> pd.DataFrame:
        """The labels of a batch, as `assay.labels.policy.annotate` gives them."""
        outside = exclusions(records, self.dataset)
        by_source, labels = (annotate(merge(records, said), outside, self.policy) for said in ([], self.decisions))
        self.counts.add(labels)
        self.effect.add(by_source, labels)
        return labels

    def log(self) -> dict[str, Any]:
        """What became of the records of all batches, for JSON."""
        return {
            "policy": f"{self.policy.name} v{self.policy.version}",
            **self.counts.stated(),
            **self.effect.stated(),
            "agreement": agreement(votes(self.decisions, self.policy)),
        }
