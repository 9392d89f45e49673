"""Assay: a data-versioned, reproducible experiment repo for rare-outcome tabular problems."""

from typing import TYPE_CHECKING

from assay.arithmetic import pin
from assay.errors import report_from_the_start

if TYPE_CHECKING:
    from assay.overview.load import Loaded

__version__ = "0.1.0"

pin()  # here, because every computation imports this package first
report_from_the_start()  # here, because every import that may fail comes after this one


def load(revision: str = "workspace") -> "Loaded":
    """The figures, parameters and predictions of a revision as tables of pandas: see `assay.overview.load`.

    revision: the workspace, or a branch, tag, commit or experiment by name, of the repository here. AssayError if there
    is none such; reading a table that neither DVC's cache nor a remote has raises one too, with the way to get it.
    """
    from assay.overview.load import load

    return load(revision)
