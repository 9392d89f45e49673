"""Datasets: what only one dataset knows.

`assay.datasets.<name>` is a package with four functions; everything else in the project is the same for all:

- `clean(raw)` gives the cleaned records and the log of what was changed;
- `exclusions(records)` names, for each record, why it is outside the population, or "";
- `features(records, derived=...)` gives what a model sees, each computed from one record alone;
- `slices(records)` gives the groups by which results are reported.

A cleaned record has a `record_id` (string, unique), a `date` and a `code` (what the label policy reads).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from assay.errors import AssayError

if TYPE_CHECKING:
    import pandas as pd

    from assay.contract.log import Change

RECORD_ID = "record_id"
DATE = "date"
CODE = "code"


class Dataset(Protocol):
    """What a dataset package offers; `raw` and `records` are tables with one row per record."""

    @staticmethod
    def clean(raw: "pd.DataFrame") -> "tuple[pd.DataFrame, list[Change]]": ...

    @staticmethod
    def exclusions(records: "pd.DataFrame") -> "pd.Series[str]": ...

    @staticmethod
    def features(records: "pd.DataFrame", *, derived: bool) -> "pd.DataFrame": ...

    @staticmethod
    def slices(records: "pd.DataFrame") -> "pd.DataFrame": ...


def dataset(name: str) -> Dataset:
    """The package of the dataset `name`; AssayError if there is none."""
    try:
        return import_module(f"assay.datasets.{name}")  # type: ignore[return-value]
    except ModuleNotFoundError as error:
        if error.name != f"assay.datasets.{name}":
            raise
        raise AssayError(
            f"no dataset {name!r}", where="dataset.name", todo="see CONTRIBUTING.md, 'Add a dataset'"
        ) from error
