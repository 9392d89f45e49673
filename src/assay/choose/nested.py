"""Scores one block of records by a model that learned, and was tuned and stopped, on the other blocks alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from assay.bundle.scoring import score
from assay.choose.blocks import learned, parts_of
from assay.choose.candidates import Tuning
from assay.choose.tuning import tuned
from assay.modelling.records import Records


def block_scores(
    model: Mapping[str, Any], tuning: Tuning | None, records: Records, folds: int, number: int
) -> np.ndarray:
    """The scores of the records of block `number`, (records of the block,).

    Everything that looks at labels is nested: a search over parameters scores each of the other blocks in turn; early
    stopping learns on all but the last of them and stops on that.
    """
    parts = parts_of(records, folds)
    others, X = parts[:number] + parts[number + 1 :], records.X.iloc[parts[number]]
    if tuning is None:
        return score(learned(model, records, others), X)
    found = tuned(model, tuning, records, others)
    return found.rescaled(score(learned(found.model, records, others), X), records)
