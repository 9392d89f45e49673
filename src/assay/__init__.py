"""Assay: a data-versioned, reproducible experiment repo for rare-outcome tabular problems."""

from assay.arithmetic import pin

__version__ = "0.1.0"

pin()  # here, because everything that computes imports this package first
