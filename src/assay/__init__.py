"""Assay: a data-versioned, reproducible experiment repo for rare-outcome tabular problems."""

__version__ = "0.1.0"
