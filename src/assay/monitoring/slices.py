"""The slices of the contract, as a bundle knows them: which groups there are, and which one each record is in.

A column of the slices that the model does not read is not looked at: no prediction log has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assay.contract.population import bands, grouped
from assay.preparation.features import OTHER

NEW = "not in the training"


@dataclass(frozen=True)
class Group:
    """The records with a value, or in a band of values, of a column."""

    column: str
    name: str

    def __str__(self) -> str:
        return f"{self.column.replace('_', ' ')} {self.name}"


def named(column: str) -> str:
    """The name of a slice's groups in a table that has other columns besides."""
    return f"slice: {column}"


@dataclass(frozen=True, eq=False)
class Slices:
    """All groups, those of a column together; the last of each column has the values that the training did not have.

    edges: as `dataset.slices` of the contract. counts, positives: (groups, k + 2), the records of the training, and
    the positive ones, in the bins of the calibration.
    """

    edges: Mapping[str, list[int]]
    groups: tuple[Group, ...]
    counts: np.ndarray
    positives: np.ndarray

    def of(self, column: str) -> dict[str, int]:
        """The place of each group of a column by its name."""
        return {one.name: place for place, one in enumerate(self.groups) if one.column == column}

    def place(self, features: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The place of the group of each record, (n,), by column; features: by name, as the model reads them."""
        return {column: self._places(column, texts) for column, texts in grouped(features, self.edges).items()}

    def of_records(self, features: Mapping[str, Any], at: np.ndarray, size: int) -> pd.DataFrame:
        """The same of records (size) of which only some have features: those of the positions `at`; -1 elsewhere.

        The columns are called as of `named`.
        """
        found = {column: np.full(size, -1) for column in self.edges}
        for column, places in self.place(features).items():
            found[column][at] = places
        return pd.DataFrame(found, np.arange(size)).rename(columns=named)

    def _places(self, column: str, texts: "pd.Series[str]") -> np.ndarray:
        places = self.of(column)
        found = texts.map(places)
        return found.fillna(places.get(OTHER, places[NEW])).to_numpy("int64")

    def counted(self, features: Mapping[str, Any], months: np.ndarray, bins: np.ndarray, size: int) -> np.ndarray:
        """The records of each month in each group and bin of the calibration, (size, groups, k + 2).

        months, bins: (n,), from 0.
        """
        shape = (size, *self.counts.shape)
        found, known = np.zeros(shape), bins >= 0
        for places in self.place(features).values():
            at = np.ravel_multi_index((months[known], places[known], bins[known]), shape)
            found += np.bincount(at, minlength=found.size).reshape(shape)
        return found


def slices(stated: Mapping[str, Any], edges: Mapping[str, list[int]], bins: int, share: float = 1.0) -> Slices:
    """Of the content of reference.json; ValueError, TypeError or KeyError if it is none of these.

    bins: k + 2, of the calibration. share: how many records are as informative as one, if they have weights.
    """
    known = {column: edges[column] for column in stated}
    groups: list[Group] = []
    rows: list[tuple[np.ndarray, np.ndarray]] = []
    nothing = np.zeros(bins), np.zeros(bins)
    for column, of_column in sorted(stated.items()):
        names = [name for name in _in_order(of_column, known[column]) if name != NEW]
        groups += [*(Group(column, name) for name in names), Group(column, NEW)]
        rows += [*(_row(of_column[name], bins, share) for name in names), nothing]
    counts, positives = (np.array([row[side] for row in rows]).reshape(len(rows), bins) for side in (0, 1))
    return Slices(known, tuple(groups), counts, positives)


def _in_order(names: Iterable[str], edges: list[int]) -> list[str]:
    """Bands from the lowest on, other groups by name."""
    order = {name: place for place, name in enumerate(bands(edges) if edges else ())}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def _row(stated: Mapping[str, Any], bins: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    counts, positives = (np.asarray(stated[name], "float64") for name in ("counts", "positives"))
    if not counts.shape == positives.shape == (bins,) or not np.isfinite(counts).all():
        raise ValueError("slices")
    if not ((positives >= 0) & (positives <= counts)).all():
        raise ValueError("slices")
    return share * counts, share * positives
