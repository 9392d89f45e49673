"""The thyroid records (Quinlan 1987; UCI thyroid0387): derived features, and the clinical hand rule."""

from .features import TITLES, derived

__all__ = ["TITLES", "derived"]
