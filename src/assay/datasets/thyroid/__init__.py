"""The thyroid records of the Garavan Institute, 1984-87 (Quinlan 1987; UCI thyroid0387)."""

from assay.datasets.thyroid.cleaning import clean
from assay.datasets.thyroid.cohort import exclusions, slices
from assay.datasets.thyroid.features import features

__all__ = ["clean", "exclusions", "features", "slices"]
