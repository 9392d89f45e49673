"""The blocks of records that are scored in turn, and models that learn from some of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay.modelling.early_stopping import stops_early
from assay.modelling.fitting import fitted
from assay.modelling.records import Records
from assay.modelling.training import blocks, members, with_rounds


def parts_of(records: Records, folds: int) -> list[np.ndarray]:
    """The positions of each block, the same blocks as those of `train`."""
    return [block for _, block in blocks(records, folds)]


def together(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The positions of several blocks, in the order of the records."""
    return np.sort(np.concatenate(parts))


def learned(model: Mapping[str, Any], records: Records, parts: Sequence[np.ndarray]) -> Any:
    """An estimator fitted on these blocks alone.

    With early stopping the last of them chooses the number of rounds, and the fit is repeated with it on all of them.
    """
    chosen = dict(model)
    if any(map(stops_early, members(chosen).values())):
        chosen, _, _ = with_rounds(chosen, records.rows(together(parts[:-1])), records.rows(parts[-1]))
    return fitted(chosen, records.rows(together(parts)))


def least_folds(model: Mapping[str, Any], *, tuned: bool) -> int:
    """How many blocks there must be: one to score, one to learn from, and one more for whatever chooses on a block."""
    return 2 + tuned + any(map(stops_early, members(dict(model)).values()))
