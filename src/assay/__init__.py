"""Assay: a data-versioned, reproducible experiment repo for rare-outcome tabular problems."""

from assay.arithmetic import pin
from assay.errors import report_from_the_start

__version__ = "0.1.0"

pin()  # here, because every computation imports this package first
report_from_the_start()  # here, because every import that may fail comes after this one
