"""Inclusion weights in a fit: each record of a weighted sample counts for as many as it represents."""

from typing import Any

import numpy as np

from assay.errors import AssayError

Weight = np.ndarray | None  # (n,), or None if the records are no weighted sample


def scaled(weight: np.ndarray) -> np.ndarray:
    """The weights (n,) scaled to mean 1, so that regularization keeps its meaning."""
    return weight / weight.mean()


def of_fit(estimator: Any, weight: Weight) -> dict[str, np.ndarray]:
    """The keyword arguments that pass the weights to `estimator.fit`; a pipeline's go to its last step.

    AssayError if there are weights and the estimator takes none.
    """
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
