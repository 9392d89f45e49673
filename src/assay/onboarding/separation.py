"""How well a column alone separates the classes: a hint at a leak."""

from typing import Any

import numpy as np
import pandas as pd

from assay.config.dataset import NUMBER
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored

LEAKING = 0.99  # area under the ROC curve that no honest measurement reaches alone


def separation(
    text: "pd.Series[str]", positive: "pd.Series[bool]", kind: str, values: "pd.Series[float] | None" = None
) -> float:
    """How well a column alone separates the classes: area under the ROC curve, 0.5 to 1 (Mann & Whitney 1947).

    A category counts as the share of positives among its values, those that occur once taken together: each alone would
    be all positive or none. Whether a value is missing counts, if that says more.
    values: those of a column of numbers that are not written as usual.
    """
    sick, empty = positive[text.index].to_numpy(bool), text.eq("").to_numpy(bool)
    if sick.all() or not sick.any():
        return 0.5
    each: pd.Series[Any]
    if kind != NUMBER:
        grouped = text.where(text.duplicated(keep=False), "")
        each = grouped.map(positive.groupby(grouped).mean())
    else:
        each = pd.to_numeric(text, errors="coerce") if values is None else values.reindex(text.index)
    numbers = each.to_numpy("float64", na_value=np.nan)
    return max(_area(numbers, sick), *(_area_of_either(inside, sick) for inside in (np.isnan(numbers), empty)))


def _area_of_either(inside: np.ndarray, sick: np.ndarray) -> float:
    """The area of what is there or not, both (n,): half of what sensitivity and specificity are together."""
    area = 0.5 + float(inside[sick].mean() - inside[~sick].mean()) / 2
    return max(area, 1 - area)


def _area(values: np.ndarray, sick: np.ndarray) -> float:
    known = ~np.isnan(values)
    if len(np.unique(sick[known])) < 2:
        return 0.5
    area = METRICS["roc_auc"].of(Scored(sick[known].astype(int), values[known], 0.0))
    return max(area, 1 - area)
