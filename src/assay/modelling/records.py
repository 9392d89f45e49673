"""The records that a model learns from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assay.modelling.weights import Weight
from assay.paths import FEATURES, SPLIT, fold
from assay.records.columns import RECORD_ID, WEIGHT
from assay.records.feature_table import read_features
from assay.records.folds import GROUP
from assay.records.places import require_features
from assay.tables import read_table


@dataclass(frozen=True)
class LabelledRecords:
    """Features X of n records, in whatever form; in memory, in their order, the labels y (n,), 0 or 1.

    groups: (n,), the group of each record, if the dataset has groups. weight: (n,), how many records each one
    represents, if they are a weighted sample.
    """

    X: Any
    y: pd.Series
    groups: pd.Series | None = None
    weight: Weight = None

    def groups_and_weight(self, chosen: np.ndarray) -> tuple[pd.Series | None, Weight]:
        """Those of the records at these positions."""
        groups = None if self.groups is None else self.groups.iloc[chosen]
        return groups, None if self.weight is None else self.weight[chosen]

    def groups_and_weight_with(self, other: "LabelledRecords") -> tuple[pd.Series | None, Weight]:
        """Those of these records, then of others; None unless both have them."""
        groups, weight = None, None
        if self.groups is not None and other.groups is not None:
            groups = pd.concat([self.groups, other.groups], ignore_index=True)
        if self.weight is not None and other.weight is not None:
            weight = np.append(self.weight, other.weight)
        return groups, weight


@dataclass(frozen=True)
class Records(LabelledRecords):
    """Records whose features X are a table in memory, indexed by record id; y is int64."""

    X: pd.DataFrame

    def rows(self, chosen: np.ndarray) -> "Records":
        """The records at these positions."""
        return Records(self.X.iloc[chosen], self.y.iloc[chosen], *self.groups_and_weight(chosen))

    def followed_by(self, other: "Records") -> "Records":
        """As of `joined`."""
        return joined(self, other)


def joined(train: Records, validation: Records) -> Records:
    """Train, then validation, as one; X is indexed from 0."""
    X = pd.concat([train.X, validation.X], ignore_index=True)
    return Records(X, pd.concat([train.y, validation.y]), *train.groups_and_weight_with(validation))


def read_labelled(name: str) -> Records:
    """The features of a fold ("train" or "validation") with its labels, groups and weights, read from the files."""
    require_features(name)
    labels = read_table(fold(SPLIT, name)).set_index(RECORD_ID)
    return labelled(read_features(fold(FEATURES, name)), labels)


def labelled(X: pd.DataFrame, labels: pd.DataFrame) -> Records:
    """Features with the table of the split for the same records in the same order."""
    weight = labels[WEIGHT].to_numpy() if WEIGHT in labels else None
    return Records(X, labels["label"].astype("int64"), labels.get(GROUP), weight)
