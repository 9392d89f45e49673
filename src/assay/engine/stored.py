"""Records whose features stay on the disk, in tables of the line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.files import md5
from assay.modelling.records import LabelledRecords, Records
from assay.paths import FEATURES, SPLIT, fold
from assay.records.batches import Columns, names_of, rows_of, table_batches
from assay.records.columns import RECORD_ID, WEIGHT
from assay.records.feature_table import as_named
from assay.records.folds import GROUP
from assay.records.places import require_features
from assay.tables import parts_of, read_table


class Stored(Mapping[str, pd.Series]):
    """Features in tables of the line, one after another, or some of their rows, which stay on the disk.

    As a mapping it has the columns by name, and reads one whole whenever it is asked for: one is in memory at a time.
    """

    def __init__(self, paths: Sequence[Path], chosen: np.ndarray | None = None) -> None:
        self.paths = [part for path in paths for part in parts_of(path)]
        self.bounds = np.cumsum([0, *map(rows_of, self.paths)])
        self.chosen = np.ones(self.bounds[-1], "bool") if chosen is None else chosen

    def __getstate__(self) -> dict[str, Any]:
        """Also what the files hold: a sweep remembers trainings by the content of their arguments."""
        content = [md5(path) for path in self.paths]
        return {"paths": self.paths, "bounds": self.bounds, "chosen": self.chosen, "content": content}

    def rows(self, chosen: np.ndarray) -> "Stored":
        """Those at these positions, which are in order."""
        mask = np.zeros(len(self.chosen), "bool")
        mask[np.flatnonzero(self.chosen)[chosen]] = True
        return Stored(self.paths, mask)

    def followed_by(self, other: "Stored") -> "Stored":
        """These, then the others."""
        return Stored([*self.paths, *other.paths], np.append(self.chosen, other.chosen))

    def batches(self) -> Iterator[pd.DataFrame]:
        """Tables indexed by record id, none of them empty."""
        for part, (start, end) in zip(self.paths, pairwise(self.bounds), strict=True):
            if not self.chosen[start:end].any():
                continue
            for batch in table_batches(part):
                here = self.chosen[start : start + len(batch)]
                start += len(batch)
                if here.any():
                    yield as_named(batch if here.all() else batch[here])

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> pd.Series:
        return self._columns[name].reset_index(drop=True)[self.chosen]

    @cached_property
    def _columns(self) -> Columns:
        return Columns(*self.paths, names=self._names)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The name that each column has in the files, by its own name."""
        written = [name for name in names_of(self.paths[0]) if name != RECORD_ID]
        empty = pd.DataFrame(columns=[RECORD_ID, *written])
        return dict(zip(as_named(empty).columns, written, strict=True))


@dataclass(frozen=True)
class Streamed(LabelledRecords):
    """Records whose features X stay on the disk; y is int8."""

    X: Stored

    def rows(self, chosen: np.ndarray) -> "Streamed":
        """The records at these positions, which are in order."""
        y = pd.Series(self.y.to_numpy()[chosen])
        return Streamed(self.X.rows(chosen), y, *self.groups_and_weight(chosen))

    def followed_by(self, other: "Streamed") -> "Streamed":
        """These records, then the others."""
        y = pd.concat([self.y, other.y], ignore_index=True)
        return Streamed(self.X.followed_by(other.X), y, *self.groups_and_weight_with(other))

    def in_memory(self) -> Records:
        """The same records with the table of their features."""
        X = pd.concat(self.X.batches(), ignore_index=True)
        return Records(X, self.y.astype("int64"), self.groups, self.weight)


def read_streamed(name: str) -> Streamed:
    """The records of a fold ("train" or "validation"); AssayError unless features and labels are of the same ones."""
    require_features(name)
    found = read_table(fold(SPLIT, name), ["label"], optional=[GROUP, WEIGHT])
    weight = found[WEIGHT].to_numpy() if WEIGHT in found else None
    return Streamed(Stored([fold(FEATURES, name)]), found["label"].astype("int8"), found.get(GROUP), weight)
