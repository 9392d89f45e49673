"""The evidence for the checks: the tables that the line has written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from assay.audit.copies import copies
from assay.audit.strength import Alone, alone
from assay.config.dataset import FEATURE, ID, LEAK, TARGET, cleaned_name, is_the_time
from assay.records.columns import CODE, CODE_RESOLVED, DATE, RECORD_ID, WEIGHT
from assay.records.feature_table import with_columns
from assay.records.folds import TRAIN, VALIDATION

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

# Names of the outcome in the line, and often in raw tables.
OUTCOME = (CODE, CODE_RESOLVED, "label", "target")
SHUFFLES = 10


class Learning(NamedTuple):
    """n records of train, then of validation, with their features X, computed anew, and labels y (n,) of 0 and 1.

    The first `cut` rows are those of train.
    """

    records: pd.DataFrame
    X: pd.DataFrame
    y: np.ndarray
    cut: int


class Shuffled(NamedTuple):
    """The features and labels of `Learning` after a permutation of the outcome."""

    X: pd.DataFrame
    y: np.ndarray


class Sample(NamedTuple):
    """How many records were drawn, and of how many."""

    drawn: int
    records: int

    def __str__(self) -> str:
        return f"on {self.drawn} of {self.records} records"


@dataclass(frozen=True)
class Evidence:
    """Tables with one row per record, indexed by record id or by number.

    records: cleaned records, all or a sample. annotated: of all `label`, `excluded`, and `date` if there are days.
    folds: by name of the fold, of all its records `date`, `label`, `excluded`, and `group` if the split keeps groups
    together. features: by name of the fold, of the records that are there. out_of_fold, test: `label` and the model's
    score of all graded records. recompute: the function from records to features that `featurize` uses. outcome:
    columns that no real prediction will have. identity: columns that identify a record or say when it was made.
    by_time: whether folds follow each other in time. groups: that of each cleaned record; None without. own: features
    that are called like a column of Assay's, and are another. future: where columns are made of other tables, which of
    them change with rows from after a record's time, and how many such rows were tried. alike: the `content` of the
    records among which near-duplicates are looked for; None: that of `records`. names: the ids of some records. sample:
    what `records`, `features` and `alike` have of all records; None if that is all.
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
    groups: pd.Series | None = None
    own: frozenset[str] = frozenset()
    future: Callable[[], tuple[list[str], int]] | None = None
    alike: pd.DataFrame | None = None
    names: Callable[[pd.Index], Sequence[str]] = lambda index: list(map(str, index))
    sample: Sample | None = None

    @property
    def compared(self) -> pd.DataFrame:
        """The content among which near-duplicates are looked for."""
        return content(self.records, self.identity, self.outcome) if self.alike is None else self.alike

    def labelled(self, name: str) -> tuple[pd.DataFrame, np.ndarray]:
        """The features of a fold and its labels (n,) of 0 and 1; each record once, even if a table repeats it."""
        X, y = distinct(self.features[name]), distinct(self.folds[name])["label"]
        ids = X.index.intersection(y.index)
        return X.loc[ids], y.loc[ids].to_numpy(dtype=int)

    @cached_property
    def alone(self) -> Alone:
        """How well each feature alone predicts the label, on train."""
        return alone(*self.labelled(TRAIN))

    @cached_property
    def copies(self) -> list[tuple[str, str]]:
        """Pairs of columns that say the same, of the features that are columns of the table and what is kept out.

        Of a pair the first one is kept out, or stands earlier. Features that are computed are not compared: the module
        of the dataset says what they are made of.
        """
        kept_out = [name for name in self.outcome if name in self.records]
        features = [name for name in self.features[TRAIN] if name in self.records and name not in kept_out]
        return copies(self.records[kept_out + features])

    @cached_property
    def learning(self) -> Learning:
        """The records from which the model learned."""
        labels = [distinct(self.folds[name])["label"] for name in (TRAIN, VALIDATION)]
        known = [y[self.records.index.get_indexer(y.index) >= 0] for y in labels]
        y = pd.concat(known)
        records = self.records.loc[y.index]
        return Learning(records, self.recompute(records), y.to_numpy(dtype=int), len(known[0]))

    @cached_property
    def shuffled(self) -> tuple[Shuffled, ...]:
        """`learning` with the outcome permuted within each fold, in `SHUFFLES` different ways.

        Label, code and all columns of the outcome are permuted together, and the features computed again. If the first
        permutation changes no feature, none depends on the outcome, and they are not computed again.
        """
        records, X, y, cut = self.learning
        found: list[Shuffled] = []
        for seed in range(SHUFFLES):
            generator = np.random.default_rng(seed)
            order = np.concatenate([generator.permutation(cut), cut + generator.permutation(len(y) - cut)])
            again = X
            if not found or found[0].X is not X:
                moved = {name: records[name].array[order] for name in records if name in self.outcome}
                again = self.recompute(with_columns(records, moved))
            found.append(Shuffled(X if again is X or again.equals(X) else again, y[order]))
        return tuple(found)


def content(records: pd.DataFrame, identity: Sequence[str], outcome: Sequence[str]) -> pd.DataFrame:
    """The values of records, without those that name or date them, or will not be known of them."""
    return records.drop(columns=[*identity, *outcome, WEIGHT], errors="ignore")


def outcome(dataset: "Dataset") -> tuple[str, ...]:
    """The names of the outcome, and every column that the contract calls a leak or not available in time."""
    declared = [n for n, column in dataset.columns.items() if column.role in (TARGET, LEAK) or not column.available]
    known = [name for name in OUTCOME if name == CODE or name not in own_features(dataset)]
    return tuple(dict.fromkeys([*known, *(cleaned_name(dataset, name) for name in declared)]))


def own_features(dataset: "Dataset") -> frozenset[str]:
    """The features of the contract that are called like a column of Assay's, and are another."""
    taken = {*OUTCOME, RECORD_ID, *([] if is_the_time(dataset) else [DATE])}
    found = {name for name, column in dataset.columns.items() if column.role == FEATURE and column.available}
    return frozenset(found & taken)


def identity(dataset: "Dataset") -> tuple[str, ...]:
    """The columns that name a record, its group or its time, except features of the contract."""
    named = [dataset.key, dataset.group, dataset.time.column if dataset.time else None]
    named += [name for name, column in dataset.columns.items() if column.role == ID]
    told = [name for name in named if name and dataset.columns[name].role != FEATURE]
    return tuple(dict.fromkeys([RECORD_ID, DATE, *(cleaned_name(dataset, name) for name in told)]))


def distinct(table: pd.DataFrame) -> pd.DataFrame:
    """The first row of each record."""
    return table[~table.index.duplicated()]
