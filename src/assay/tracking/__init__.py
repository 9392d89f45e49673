"""Experiments as runs of a tracking server that others look at: `assay export-mlflow`."""
