"""The population that is screened, and the groups (slices) by which results are reported."""

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import cleaned_name, own_names
from assay.config.expressions import TEXT
from assay.config.grammar import names
from assay.contract.expressions import kinds
from assay.contract.rules import Condition
from assay.records.columns import CODE

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

UNKNOWN = "unknown"


class Population:
    """Says why records are outside the population. Made once, it serves any number of tables.

    A condition may name the outcome, as `code` or as the file calls it; it holds for no record without one. kinds: the
    kind of each column of the records, as `assay.contract.expressions.kinds` gives them. To an expression a column of
    the contract has its own name, and hides one of Assay's of that name.
    """

    def __init__(self, dataset: "Dataset", kinds: Mapping[str, str]) -> None:
        self.own = own_names(dataset, [cleaned_name(dataset, name) for name in dataset.columns])
        self.outcome = ({CODE} - {*self.own.values()}) | ({dataset.target} if dataset.target else set())
        kinds = {self.own.get(name, name): kind for name, kind in kinds.items() if name not in self.own.values()}
        kinds |= dict.fromkeys(self.outcome, TEXT)
        self.outside = [
            (one, Condition(one.where, kinds, f"dataset.population[{number}].where"))
            for number, one in enumerate(dataset.population)
        ]

    def __call__(self, columns: Mapping[str, Any], rows: int) -> np.ndarray:
        """The first reason why each record is outside the population, or "" if it is inside, (rows,) object."""
        reason = np.full(rows, "", "object")
        codes = columns[CODE] if CODE in columns else pd.array([""] * rows, dtype="str")
        own = {name: columns[there] for there, name in self.own.items() if there in columns}
        columns = {**columns, **own, **dict.fromkeys(self.outcome, codes)}
        for one, condition in self.outside:
            holds = condition(columns, rows)
            if names(one.where) & self.outcome:
                holds = holds & np.asarray(codes != "", "bool")
            reason[(reason == "") & holds] = one.reason
        return reason


def exclusions(records: pd.DataFrame, dataset: "Dataset") -> "pd.Series[str]":
    """The first reason why each record is outside the population, or "" if it is inside; str, with the same index.

    >>> from assay.config.dataset import Dataset, Outside
    >>> contract = Dataset(population=[Outside(where="age < 18", reason="child")])
    >>> exclusions(pd.DataFrame({"age": [40.0, 7.0]}), contract).tolist()
    ['', 'child']
    """
    columns = {str(name): column.array for name, column in records.items()}
    return pd.Series(Population(dataset, kinds(records))(columns, len(records)), records.index, dtype="str")


def slices(records: pd.DataFrame, dataset: "Dataset") -> pd.DataFrame:
    """The group of each record by each column of `dataset.slices`, as texts; "unknown" if the value is missing.

    KeyError if a column is not there.

    >>> from assay.config.dataset import Dataset
    >>> records = pd.DataFrame({"age": [39.0, 40.0, None]})
    >>> slices(records, Dataset(slices={"age": [40, 60]}))["age"].tolist()
    ['under 40', '40 to 59', 'unknown']
    """
    columns = {name: records[cleaned_name(dataset, name)] for name in dataset.slices}
    return pd.DataFrame(grouped(columns, dataset.slices), index=records.index)


def grouped(columns: Mapping[str, Any] | pd.DataFrame, edges: Mapping[str, list[int]]) -> "dict[str, pd.Series[str]]":
    """The group of each record by each column that is there, by its name; edges: `dataset.slices`."""
    there = {name: pd.Series(columns[name]) for name in edges if name in columns}
    return {
        name: (_band(values.astype("float64"), edges[name]) if edges[name] else values.astype("str")).fillna(UNKNOWN)
        for name, values in there.items()
    }


def _band(values: pd.Series, edges: list[int]) -> "pd.Series[str]":
    """The band of each value."""
    return pd.cut(values, [-np.inf, *edges, np.inf], right=False, labels=bands(edges)).astype("str")


def bands(edges: list[int]) -> list[str]:
    """The names of the bands, from the lowest on.

    >>> bands([40, 60])
    ['under 40', '40 to 59', '60 and over']
    """
    inner = [f"{low:g} to {high - 1:g}" for low, high in pairwise(edges)]
    return [f"under {edges[0]:g}", *inner, f"{edges[-1]:g} and over"]
