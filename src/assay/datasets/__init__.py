"""Code for single datasets, which does what a contract (`conf/dataset/*.yaml`) cannot say.

It is optional: a module that the contract names under `knowledge`, with some of these functions.

- `repair(records, summary)` takes cleaned records, any part of the table. It returns them repaired, and the log of the
  changes (`assay.records.changes.Change`): the same rules in the same order for any part;
- `summarise(records)` returns a table of what `repair` must know of records in other parts. `summary` holds the rows of
  all these tables, each once, in any order; without `summarise` it is empty;
- `derived(records)` returns a table of features with the same index, each row computed from one record;
- `TITLES`, no function: a `Title` for each derived feature whose name says little to readers.

Its source travels in the archives of its models, and is imported from there under another name: so it imports its own
modules relatively (`from .features import derived`), none of another dataset, and reads its tables with
`pkgutil.get_data(__package__, "table.csv")`.

A cleaned record has a `record_id` (str, unique), a `date` (datetime64[s]) if the contract has a time, the columns that
pass cleaning, and a `code` (str), from which the label policy makes the label.
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
class Title:
    """The title that readers see in place of a derived feature's name.

    The name of another feature counts this one to it, such as the logarithm of a result to the result. `logarithm`:
    its values are natural logarithms of what readers see.
    """

    text: str
    logarithm: bool = False


@dataclass(frozen=True)
class Knowledge:
    """The functions of a dataset's module; a function that it does not have changes or adds nothing."""

    module: Any = None

    @property
    def repairs(self) -> bool:
        """Whether the dataset repairs records."""
        return hasattr(self.module, "repair")

    def summarise(self, records: "pd.DataFrame") -> "pd.DataFrame":
        """A table of what `repair` must know of these records when it repairs others."""
        own = getattr(self.module, "summarise", None)
        return own(records) if own else records.iloc[:0, :0]

    def repair(self, records: "pd.DataFrame", summary: "pd.DataFrame") -> "tuple[pd.DataFrame, list[Change]]":
        """The repaired records and the log of the changes; summary: the rows of `summarise` of all parts."""
        own = getattr(self.module, "repair", None)
        return own(records, summary) if own else (records, [])

    @property
    def derives(self) -> bool:
        """Whether the dataset has derived features."""
        return hasattr(self.module, "derived")

    def derived(self, records: "pd.DataFrame") -> "pd.DataFrame":
        """The derived features of each record, with the index of the records."""
        own = getattr(self.module, "derived", None)
        return own(records) if own else records[[]]

    @property
    def titles(self) -> dict[str, Title]:
        """The titles of derived features by name, for those that have one."""
        return dict(getattr(self.module, "TITLES", {}))


def knowledge(dataset: "Dataset", imported: Callable[[str], Any] | None = None) -> Knowledge:
    """The functions of the module that the contract names, if any; AssayError if `assay.datasets` has no such one.

    imported: imports the module of a name, from elsewhere if the code came in an archive (`assay.bundle.importing`).
    """
    if dataset.knowledge is None:
        return Knowledge()
    _refuse(knowledge_fault(dataset.knowledge, "dataset.knowledge"))
    return Knowledge(_module(dataset.knowledge, "dataset.knowledge", imported or import_module))


def hand_rule(path: str) -> "Callable[[pd.DataFrame], Any]":
    """The function at a dotted path in a module under `assay.datasets`; AssayError if there is none."""
    _refuse(function_fault(path, "rule"))
    module, _, name = path.rpartition(".")
    function = getattr(_module(module, "rule"), name, None)
    if not (isfunction(function) and function.__module__ == module):
        raise AssayError(f"{module} defines no function {name!r}", where="rule", todo=GUIDE)
    return function


def _refuse(fault: str | None) -> None:
    if fault:
        raise AssayError(fault, where="conf/dataset/", todo=GUIDE)


def _module(name: str, where: str, imported: Callable[[str], Any] = import_module) -> Any:
    try:
        return imported(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise AssayError(f"no module {name!r}", where=where, todo=GUIDE) from error
