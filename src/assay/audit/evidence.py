"""What the checks judge: the tables of the line, as they were written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from assay.config.dataset import FEATURE, ID, LEAK, TARGET
from assay.records.columns import CODE, CODE_RESOLVED, DATE, RECORD_ID
from assay.records.folds import TRAIN, VALIDATION

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

# In the tables that are checked, and as raw tables like to call it.
OUTCOME = (CODE, CODE_RESOLVED, "label", "target")
SHUFFLES = 10


class Learning(NamedTuple):
    """n records of train and then of validation, their features as computed anew, and labels (n,) of 0 and 1.

    The first `cut` rows are train's.
    """

    records: pd.DataFrame
    X: pd.DataFrame
    y: np.ndarray
    cut: int


@dataclass(frozen=True)
class Evidence:
    """Tables with one row per record, indexed by record id.

    records: all cleaned records. annotated: `label` and `excluded` of the same. folds: `date`, `label`, `excluded` by
    name of the fold, and `group` where the split keeps the records of a person together. features: by name of the
    fold. out_of_fold, test: `label` and the model's score of graded records. recompute: from records to features, as
    `featurize` does it. outcome: names of what no prediction will know. identity: names of what tells a record from
    others and when it was made. by_time: whether folds follow each other in time.
    """

    records: pd.DataFrame
    annotated: pd.DataFrame
    folds: dict[str, pd.DataFrame]
    features: dict[str, pd.DataFrame]
    out_of_fold: pd.DataFrame
    test: pd.DataFrame
    recompute: Callable[[pd.DataFrame], pd.DataFrame]
    outcome: tuple[str, ...]
    identity: tuple[str, ...]
    by_time: bool

    def labelled(self, name: str) -> tuple[pd.DataFrame, np.ndarray]:
        """The features of a fold and its labels (n,) of 0 and 1; each record once, whatever the tables hold."""
        X, y = distinct(self.features[name]), distinct(self.folds[name])["label"]
        ids = X.index.intersection(y.index)
        return X.loc[ids], y.loc[ids].to_numpy(dtype=int)

    @cached_property
    def learning(self) -> Learning:
        """What the model learned from."""
        labels = [distinct(self.folds[name])["label"] for name in (TRAIN, VALIDATION)]
        known = [y[self.records.index.get_indexer(y.index) >= 0] for y in labels]
        y = pd.concat(known)
        records = self.records.loc[y.index]
        return Learning(records, self.recompute(records), y.to_numpy(dtype=int), len(known[0]))

    @cached_property
    def shuffled(self) -> tuple[Learning, ...]:
        """`learning`, `SHUFFLES` times with label, code and all that no prediction will know permuted in each fold.

        Features that the first permutation leaves as they are do not read the outcome, and are not computed again.
        """
        records, X, y, cut = self.learning
        found: list[Learning] = []
        for seed in range(SHUFFLES):
            generator = np.random.default_rng(seed)
            order = np.concatenate([generator.permutation(cut), cut + generator.permutation(len(y) - cut)])
            moved = records.assign(**{name: records[name].array[order] for name in records if name in self.outcome})
            again = X if found and found[0].X is X else self.recompute(moved)
            found.append(Learning(moved, X if again.equals(X) else again, y[order], cut))
        return tuple(found)


def outcome(dataset: "Dataset") -> tuple[str, ...]:
    """The outcome under its several names, and every column that the contract calls a leak or not available in time."""
    declared = [n for n, column in dataset.columns.items() if column.role in (TARGET, LEAK) or not column.available]
    return tuple(dict.fromkeys([*OUTCOME, *declared]))


def identity(dataset: "Dataset") -> tuple[str, ...]:
    """What says which record it is, of whom, and when it was made; unless the contract calls it a feature."""
    named = [dataset.key, dataset.group, dataset.time.column if dataset.time else None]
    named += [name for name, column in dataset.columns.items() if column.role == ID]
    told = [name for name in named if name and dataset.columns[name].role != FEATURE]
    return tuple(dict.fromkeys([RECORD_ID, DATE, *told]))


def distinct(table: pd.DataFrame) -> pd.DataFrame:
    """The first row of each record."""
    return table[~table.index.duplicated()]
