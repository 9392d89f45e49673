"""Datasets: what only one dataset knows and its contract (`conf/dataset/*.yaml`) cannot say.

Such knowledge is optional: a module that the contract names under `knowledge`, with some of these functions.

- `repair(records, summary)` takes cleaned records, any part of the table, and gives them back repaired, with the log of
  what was changed: the same rules in the same order for any part;
- `summarise(records)` gives what `repair` must know of other parts of the table than its own, as a table. `summary` is
  the rows of these tables together, each once, in any order; without `summarise` it is empty;
- `derived(records)` gives features computed from one record at a time, as a table with the same index.

A cleaned record has a `record_id` (text, unique), a `date` if the contract has a time, and a `code` (what the label
policy reads).
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from inspect import isfunction
from typing import TYPE_CHECKING, Any

from assay.config.targets import function_fault, knowledge_fault
from assay.errors import AssayError

if TYPE_CHECKING:
    import pandas as pd

    from assay.config.dataset import Dataset
    from assay.records.changes import Change

GUIDE = "see CONTRIBUTING.md, 'Add a dataset'"


@dataclass(frozen=True)
class Knowledge:
    """What the module of a dataset offers, and what stands in where it offers nothing."""

    module: Any = None

    def summarise(self, records: "pd.DataFrame") -> "pd.DataFrame":
        """What `repair` must know of these records when it repairs others."""
        own = getattr(self.module, "summarise", None)
        return own(records) if own else records.iloc[:0, :0]

    def repair(self, records: "pd.DataFrame", summary: "pd.DataFrame") -> "tuple[pd.DataFrame, list[Change]]":
        """The records repaired, by what is known of all of them, and the log."""
        own = getattr(self.module, "repair", None)
        return own(records, summary) if own else (records, [])

    def derived(self, records: "pd.DataFrame") -> "pd.DataFrame":
        """Further features of each record."""
        own = getattr(self.module, "derived", None)
        return own(records) if own else records[[]]


def knowledge(dataset: "Dataset") -> Knowledge:
    """The module that the contract names, or nothing; AssayError if there is no such module under `assay.datasets`."""
    if dataset.knowledge is None:
        return Knowledge()
    _refuse(knowledge_fault(dataset.knowledge, "dataset.knowledge"))
    return Knowledge(_module(dataset.knowledge, "dataset.knowledge"))


def hand_rule(path: str) -> "Callable[[pd.DataFrame], Any]":
    """The function at a dotted path, of a module under `assay.datasets`; AssayError if there is none."""
    _refuse(function_fault(path, "rule"))
    module, _, name = path.rpartition(".")
    function = getattr(_module(module, "rule"), name, None)
    if not (isfunction(function) and function.__module__ == module):
        raise AssayError(f"{module} defines no function {name!r}", where="rule", todo=GUIDE)
    return function


def _refuse(fault: str | None) -> None:
    if fault:
        raise AssayError(fault, where="conf/dataset/", todo=GUIDE)


def _module(name: str, where: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise AssayError(f"no module {name!r}", where=where, todo=GUIDE) from error
