"""The blocks of records that are scored in turn, and models that learn from some of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay.errors import AssayError
from assay.modelling.early_stopping import stops_early
from assay.modelling.records import Records
from assay.modelling.training import blocks, fitted, members, with_rounds

LEAST = 2  # blocks to learn from, where one of them must judge what was learned from the others


def parts_of(records: Records, folds: int) -> list[np.ndarray]:
    """The positions of each block, the same blocks as those of `train`."""
    return [block for _, block in blocks(records, folds)]


def together(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The positions of several blocks, in the order of the records."""
    return np.sort(np.concatenate(parts))


def learned(model: Mapping[str, Any], records: Records, parts: Sequence[np.ndarray]) -> Any:
    """An estimator fitted on these blocks alone.

    With early stopping the last of them chooses the number of rounds, and the fit is repeated with it on all of them.
    AssayError if there is no other block left.
    """
    chosen = dict(model)
    if any(map(stops_early, members(chosen).values())):
        require_enough(parts, "early stopping")
        chosen, _, _ = with_rounds(chosen, records.rows(together(parts[:-1])), records.rows(parts[-1]))
    return fitted(chosen, records.rows(together(parts)))


def require_enough(parts: Sequence[np.ndarray], what: str) -> None:
    """AssayError unless one of the blocks can judge what was learned from the others."""
    if len(parts) < LEAST:
        raise AssayError(
            f"{what} has too few blocks to learn from", where="training.folds", todo="raise it: 4 is always enough"
        )
