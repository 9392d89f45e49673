"""The code of a record whose outcome the contract makes of columns: has an event come, and within a horizon?"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.config.dataset import KINDS, Dataset, targets
from assay.config.grammar import names
from assay.config.outcome import EVENT, LOST, NO_EVENT, named
from assay.contract.rules import Condition
from assay.contract.values import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.contract.arrays import Array


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
        self.event_columns, self.columns = sorted(names(self.outcome.event)), named(self.outcome)

    def __call__(self, columns: "Mapping[str, Array]", rows: int) -> "Array":
        """The code of each record, one of `assay.config.outcome.CLASSES` or "" (str, `rows` long); columns by name.

        >>> from assay.config.dataset import Column, Outcome
        >>> table = pd.DataFrame({"died": ["1", "1", "0", "0"], "days": [100.0, 900.0, 800.0, 30.0]})
        >>> of_target = {"died": Column("category", "target"), "days": Column("number", "target")}
        >>> dataset = Dataset(columns=of_target, outcome=Outcome("died == '1'", "days", 365))
        >>> list(Coder(dataset)({name: column.array for name, column in table.items()}, 4))
        ['event', 'no event', 'no event', 'unknown']
        """
        absent = {name: np.asarray(pd.isna(columns[name]), "bool") for name in self.columns}
        told = ~np.logical_or.reduce([absent[name] for name in self.event_columns])
        event = self.event(columns, rows)
        came, stayed = event & told, ~event & told
        if self.outcome.horizon is not None:
            until = np.asarray(columns[self.outcome.time or ""], "float64")
            came, stayed = came & (until <= self.outcome.horizon), stayed & (until >= self.outcome.horizon)
            stayed |= until > self.outcome.horizon
        nothing = np.logical_and.reduce([*absent.values()])
        return pd.array(np.select([nothing, came, stayed], ["", EVENT, NO_EVENT], LOST), dtype="str")


def coded(table: pd.DataFrame, dataset: Dataset) -> "pd.Series[str]":
    """The code of each record of a raw table that has the columns of the target, as texts or typed values."""
    names = targets(dataset)
    of_target = Dataset(columns={name: dataset.columns[name] for name in names}, missing=dataset.missing)
    values = Reader(of_target)(table[names])
    if not dataset.outcome:
        return values.texts(names[0])
    return pd.Series(Coder(dataset)(values.columns, len(table)), table.index, dtype="str")
