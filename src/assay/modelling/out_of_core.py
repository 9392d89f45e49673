"""Fits estimators on records that are read in batches. `STREAMED_FITS` says which classes can, and how each does.

`MEETINGS` says which of them several processes can fit, each with a partition of the records.
"""

import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle import lightgbm_text
from assay.modelling.collective import Collective, Meeting, Sockets
from assay.modelling.early_stopping import Curve, curve_of
from assay.modelling.matrices import Source, lightgbm_dataset, xgboost_matrix

SEED_OF_BINS = re.compile(r"^\[data_random_seed: (\d+)\]$", re.M)  # as LightGBM's text of a model states it


# Takes an estimator; the records of train; those of validation, on which it stops early, or None; a folder for what is
# on disk meanwhile; parameters for the library besides those of the estimator. Gives what scores as the fitted
# estimator would, and, with validation, the losses of each round.
StreamedFit = Callable[[Any, Source, Source | None, Path, Mapping[str, Any]], tuple[Any, Curve]]
ALONE: Mapping[str, Any] = {}  # parameters of a fit by one process


def streamed_fit(estimator: Any) -> StreamedFit | None:
    """How an estimator is fitted out of core; None if it needs all records in memory."""
    if hasattr(estimator, "members"):
        return _ensemble if all(map(streamed_fit, estimator.members.values())) else None
    params = estimator.get_params()
    found = STREAMED_FITS.get(type(estimator).__name__)
    return None if found and any(params.get(name) not in taken for name, taken in STREAMED_VALUES.items()) else found


def meeting(estimator: Any) -> type[Meeting] | None:
    """How several processes meet that fit an estimator together, each with a partition; None if none can."""
    return MEETINGS.get(type(estimator).__name__) if streamed_fit(estimator) else None


def _xgboost(
    estimator: Any, train: Source, validation: Source | None, folder: Path, more: Mapping[str, Any]
) -> tuple[Any, Curve]:
    import xgboost

    params = {**estimator.get_xgb_params(), "eval_metric": estimator.eval_metric, **more}
    losses: Any = {}
    with tempfile.TemporaryDirectory(dir=folder) as pages:

        def made(source: Source, name: str, reference: Any = None) -> Any:
            return xgboost_matrix(source, Path(pages, name), estimator, reference)

        matrix = made(train, "train")
        watched = [(matrix, "train"), (made(validation, "validation", matrix), "validation")] if validation else []
        booster = xgboost.train(
            {name: value for name, value in params.items() if value is not None},
            matrix,
            estimator.get_num_boosting_rounds(),
            evals=watched,
            early_stopping_rounds=estimator.early_stopping_rounds,
            evals_result=losses,
            verbose_eval=False,
        )
        estimator.load_model(booster.save_raw("ubj"))
        del booster, watched, matrix  # before the pages that they read
    return estimator, curve_of(losses) if validation else {}


def _lightgbm(
    estimator: Any, train: Source, validation: Source | None, folder: Path, more: Mapping[str, Any]
) -> tuple[Any, Curve]:
    import lightgbm

    params = {**_as_core_params(estimator), **more}
    dataset = lightgbm_dataset(train, params)
    watched = [dataset, lightgbm_dataset(validation, params, dataset)] if validation else []
    losses: Any = {}
    booster = lightgbm.train(
        params,
        dataset,
        estimator.n_estimators,
        valid_sets=watched,
        valid_names=["training", "validation"] if watched else None,
        callbacks=[lightgbm.record_evaluation(losses)],
    )
    found: Any = lightgbm_text.read(lightgbm_text.canonical(booster.model_to_string()).encode())
    found.best_iteration_ = booster.best_iteration
    return found, curve_of(losses) if validation else {}


def _as_core_params(estimator: Any) -> dict[str, Any]:
    """The parameters of a classifier for `lightgbm.train`, with the seed by which a classifier draws rows for bins."""
    import lightgbm

    own = ("class_weight", "importance_type", "n_estimators")
    given = {name: value for name, value in estimator.get_params().items() if name not in own and value is not None}
    params = {"objective": "binary", **given}
    two = lightgbm.Dataset(np.array([[0.0], [1.0]]), label=[0, 1], params=params)
    stated = SEED_OF_BINS.search(lightgbm.Booster(params, two).model_to_string())
    assert stated, "LightGBM states all parameters"
    return {**params, "data_random_seed": int(stated[1])}


def _unlearned(
    estimator: Any, train: Source, validation: Source | None, folder: Path, more: Mapping[str, Any]
) -> tuple[Any, Curve]:
    """For estimators that look at labels alone: their features are a table of zeros, which takes no memory."""
    names = next(train.batches()).columns
    nothing = pd.DataFrame(np.broadcast_to(0.0, (len(train.y), len(names))), columns=names, copy=False)
    weights = {} if train.weight is None else {"sample_weight": train.weight}
    return estimator.fit(nothing, train.y.astype("int64"), **weights), {}


def _ensemble(
    estimator: Any, train: Source, validation: Source | None, folder: Path, more: Mapping[str, Any]
) -> tuple[Any, Curve]:
    """Fit every member on the same records. Early stopping has chosen the rounds of each before (`with_rounds`)."""
    from sklearn.base import clone

    def fitted(name: str, member: Any) -> Any:
        fit = streamed_fit(member)
        assert fit, f"{name} can be fitted out of core: `streamed_fit` has checked all members"
        return fit(clone(member), train.of(member), None, folder, more)[0]

    return of_members(estimator, fitted, train.y), {}


def of_members(estimator: Any, fitted: Callable[[str, Any], Any], y: Any) -> Any:
    """The ensemble, each member fitted by `fitted` (of its name and itself); y: the labels of the fit, (n,)."""
    estimator.members_ = {name: fitted(name, member) for name, member in estimator.members.items()}
    estimator.classes_ = np.unique(y)
    return estimator


STREAMED_FITS: dict[str, StreamedFit] = {  # by the class of the estimator
    "DummyClassifier": _unlearned,
    "LGBMClassifier": _lightgbm,
    "RuleClassifier": _unlearned,
    "XGBClassifier": _xgboost,
}
MEETINGS: dict[str, type[Meeting]] = {"LGBMClassifier": Sockets, "XGBClassifier": Collective}
# The values of parameters with which estimators can be fitted out of core; with any other they need the whole table.
STREAMED_VALUES: dict[str, tuple[Any, ...]] = {
    "booster": (None, "gbtree"),
    "class_weight": (None,),
    "device": (None, "cpu"),
    "feature_weights": (None,),
    "linear_tree": (None, False),
    "tree_method": (None, "auto", "hist"),
}
