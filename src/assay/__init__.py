"""Assay: a data-versioned, reproducible experiment repo for rare-outcome tabular problems."""

from assay.arithmetic import pin
from assay.errors import report_from_the_start

__version__ = "0.1.0"

pin()  # here, because everything that computes imports this package first
report_from_the_start()  # and everything that can lack a package
