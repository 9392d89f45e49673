"""The code of a record whose outcome the contract makes of columns: has an event come, and within a horizon?"""

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import KINDS, Dataset, targets
from assay.config.grammar import names, numbers
from assay.config.outcome import EVENT, LOST, NO_EVENT, named
from assay.contract.numbers import LARGEST
from assay.contract.rules import Condition
from assay.contract.values import Reader, Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.contract.arrays import Array


Limits = dict[str, Any]  # of each column -1, 0 or 1 (float64)


class Coder:
    """Gives each record its code by `dataset.outcome`. Made once, it serves any number of tables.

    Without a horizon a record has the event or not. With one, an event within it counts, and one after it does not: a
    record that was still seen at the horizon is without the event. One that was lost before, or lacks a value that says
    so, is "unknown": censored, not negative. One that has none of the values has no code.
    """

    def __init__(self, dataset: Dataset) -> None:
        assert dataset.outcome
        self.outcome = dataset.outcome
        kinds = {name: KINDS.get(one.type, one.type) for name, one in dataset.columns.items()}
        self.event = Condition(self.outcome.event, kinds, "dataset.outcome.event")
        constants = sorted(numbers(self.outcome.event))
        self.turns = [
            turn for one in constants for turn in (np.nextafter(one, -np.inf), one, np.nextafter(one, np.inf))
        ]
        self.event_columns, self.columns = sorted(names(self.outcome.event)), named(self.outcome)

    def __call__(self, columns: "Mapping[str, Array]", rows: int, limits: "Limits | None" = None) -> "Array":
        """The code of each record, one of `assay.config.outcome.CLASSES` or "" (str, `rows` long); columns by name.

        limits: of the columns that may hold limits of detection, -1 or 1 where a value is one, else 0. A record that
        would have another code with another value beyond its limit is "unknown".

        >>> from assay.config.dataset import Column, Outcome
        >>> table = pd.DataFrame({"died": ["1", "1", "0", "0"], "days": [100.0, 900.0, 800.0, 30.0]})
        >>> of_target = {"died": Column("category", "target"), "days": Column("number", "target")}
        >>> dataset = Dataset(columns=of_target, outcome=Outcome("died == '1'", "days", 365))
        >>> list(Coder(dataset)({name: column.array for name, column in table.items()}, 4))
        ['event', 'no event', 'no event', 'unknown']
        """
        there = {name: one * ~pd.isna(columns[name]) for name, one in (limits or {}).items() if name in self.columns}
        bounds = {name: one for name, one in there.items() if np.any(one)}
        if not bounds:
            return pd.array(self._codes(columns, rows), dtype="str")
        limited = np.logical_or.reduce([one != 0 for one in bounds.values()])
        beyond = [[(name, one) for one in self._beyond(columns[name], limits)] for name, limits in bounds.items()]
        first, *others = (self._codes({**columns, **dict(chosen)}, rows) for chosen in product(*beyond))
        differ = np.logical_or.reduce([first != one for one in others])
        return pd.array(np.where(limited & differ, LOST, first), dtype="str")

    def _beyond(self, values: "Array", limits: "Array") -> "Iterator[Array]":
        """The values, with other numbers in place of limits: the next, the last, and those where the event may turn."""
        near = np.nextafter(values, limits * LARGEST)
        yield np.where(limits == 0, values, near)
        yield np.where(limits == 0, values, limits * LARGEST)
        for turn in self.turns:
            on_its_side = np.where(limits < 0, np.minimum(turn, near), np.maximum(turn, near))
            yield np.where(limits == 0, values, on_its_side)

    def _codes(self, columns: "Mapping[str, Array]", rows: int) -> "Array":
        absent = {name: np.asarray(pd.isna(columns[name]), "bool") for name in self.columns}
        told = ~np.logical_or.reduce([absent[name] for name in self.event_columns])
        event = self.event(columns, rows)
        came, stayed = event & told, ~event & told
        if self.outcome.horizon is not None:
            until = np.asarray(columns[self.outcome.time or ""], "float64")
            came, stayed = came & (until <= self.outcome.horizon), stayed & (until >= self.outcome.horizon)
            stayed |= until > self.outcome.horizon
        nothing = np.logical_and.reduce([*absent.values()])
        return np.select([nothing, came, stayed], ["", EVENT, NO_EVENT], LOST)


def coded(table: pd.DataFrame, dataset: Dataset) -> "pd.Series[str]":
    """The code of each record of a raw table that has the columns of the target, as texts or typed values."""
    names = targets(dataset)
    of_target = Dataset(columns={name: dataset.columns[name] for name in names}, missing=dataset.missing)
    values = Reader(of_target)(table[names])
    if not dataset.outcome:
        return values.texts(names[0])
    made = Coder(dataset)(values.columns, len(table), limits_of(values))
    return pd.Series(made, table.index, dtype="str")


def limits_of(values: Values) -> Limits:
    """Which values are limits of detection, by column, of those that may hold some."""
    return {name: cells.limits for name, cells in values.cells.items() if cells.limits is not None}
