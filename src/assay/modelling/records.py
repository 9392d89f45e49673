"""The records that a model learns from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assay.files import read_table
from assay.modelling.weights import Weight
from assay.paths import FEATURES, SPLIT, fold
from assay.records.columns import RECORD_ID, WEIGHT
from assay.records.folds import GROUP
from assay.records.places import require_features
from assay.records.tables import read_features


@dataclass(frozen=True)
class Records:
    """Features X (n rows, indexed by record id) and labels y (n,), int64, 0 or 1, in the order of the split.

    groups: (n,), the group of each record, if the dataset has groups. weight: (n,), how many records each one
    represents, if they are a weighted sample.
    """

    X: pd.DataFrame
    y: pd.Series
    groups: pd.Series | None = None
    weight: Weight = None

    def rows(self, chosen: np.ndarray) -> "Records":
        """The records at these positions."""
        groups = None if self.groups is None else self.groups.iloc[chosen]
        weight = None if self.weight is None else self.weight[chosen]
        return Records(self.X.iloc[chosen], self.y.iloc[chosen], groups, weight)

    def followed_by(self, other: "Records") -> "Records":
        """As of `joined`."""
        return joined(self, other)


def joined(train: Records, validation: Records) -> Records:
    """Train, then validation, as one; X is indexed from 0."""
    groups = None
    if train.groups is not None and validation.groups is not None:
        groups = pd.concat([train.groups, validation.groups], ignore_index=True)
    weight = None
    if train.weight is not None and validation.weight is not None:
        weight = np.append(train.weight, validation.weight)
    X = pd.concat([train.X, validation.X], ignore_index=True)
    return Records(X, pd.concat([train.y, validation.y]), groups, weight)


def read_labelled(name: str) -> Records:
    """The features of a fold ("train" or "validation") with its labels, groups and weights, read from the files."""
    require_features(name)
    labels = read_table(fold(SPLIT, name)).set_index(RECORD_ID)
    return labelled(read_features(fold(FEATURES, name)), labels)


def labelled(X: pd.DataFrame, labels: pd.DataFrame) -> Records:
    """Features with the table of the split for the same records in the same order."""
    weight = labels[WEIGHT].to_numpy() if WEIGHT in labels else None
    return Records(X, labels["label"].astype("int64"), labels.get(GROUP), weight)
