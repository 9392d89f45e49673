"""Inclusion weights of a sample, in a fit: a record counts for as many as it stands for."""

from typing import Any

import numpy as np

from assay.errors import AssayError

Weight = np.ndarray | None  # (n,), or None where every record stands for itself alone


def scaled(weight: np.ndarray) -> np.ndarray:
    """The weights with mean 1: what regularization asks of a leaf or a coefficient keeps its meaning."""
    return weight / weight.mean()


def of_fit(estimator: Any, weight: Weight) -> dict[str, np.ndarray]:
    """What `estimator.fit` must be given; AssayError if it takes no weights. A pipeline's go to its last step."""
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import has_fit_parameter

    if weight is None:
        return {}
    name, last = estimator.steps[-1] if isinstance(estimator, Pipeline) else ("", estimator)
    if not has_fit_parameter(last, "sample_weight"):
        raise AssayError(
            f"{type(last).__name__} takes no sample weights, and the records are a weighted sample",
            where="model, dataset.sample",
            todo="choose a model that does, or dataset.sample=null",
        )
    return {f"{name}__sample_weight" if name else "sample_weight": scaled(weight)}
