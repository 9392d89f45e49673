"""What only the thyroid records know: derived features, and the clinical hand rule (Quinlan 1987; UCI thyroid0387)."""

from assay.datasets.thyroid.features import derived

__all__ = ["derived"]
