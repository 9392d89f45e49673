"""Scores one block of records by a model that learned, and was tuned and stopped, on the other blocks alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay.bundle.scoring import score
from assay.choose.candidates import Tuning
from assay.choose.tuning import tuned
from assay.modelling.records import Records
from assay.modelling.training import blocks, fitted, with_rounds


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
        return score(_fitted(dict(model), records, others), X)
    found = tuned(model, tuning, records, others)
    return found.rescaled(score(_fitted(found.model, records, others), X), records)


def _fitted(model: dict[str, Any], records: Records, parts: Sequence[np.ndarray]) -> Any:
    """Fitted on these parts; with early stopping, the last of them chooses the number of rounds."""
    *before, last = parts
    chosen, _, _ = with_rounds(model, records.rows(together(before)), records.rows(last))
    return fitted(chosen, records.rows(together(parts)))


def parts_of(records: Records, folds: int) -> list[np.ndarray]:
    """The positions of each block."""
    return [block for _, block in blocks(records, folds)]


def together(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The positions of several blocks, in the order of the records."""
    return np.sort(np.concatenate(parts))
