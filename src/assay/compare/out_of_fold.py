"""A revision as a side of a comparison that leaves the test fold alone: for who still chooses."""

from dataclasses import dataclass

import pandas as pd

from assay.evaluation.assess import scored_by
from assay.experiments.revisions import Revision
from assay.paths import SCORE
from assay.statistics.resampled import Scored


@dataclass(frozen=True)
class OutOfFold:
    """Train and validation in place of `test`: each record with the score of a model that had not learned from it."""

    name: str
    test: pd.DataFrame
    threshold: float

    @property
    def scored(self) -> Scored:
        """The records with their scores and labels."""
        return scored_by(self.test, SCORE, self.threshold)


def side(one: Revision) -> OutOfFold:
    """The out-of-fold side of a revision; AssayError if a file that it needs is not to be had."""
    return OutOfFold(one.name, one.out_of_fold.assign(excluded=""), one.threshold)
