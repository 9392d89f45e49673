"""CatBoost's JSON of a model: the same bytes for the same trees, and checked before its parser reads it.

That parser takes any place for one that is there, so only what a fitted model can be is let through
(`assay.bundle.catboost_check`). What scoring does not need is left out: the parameters of the fit, its time and its
identifier, and what the file says twice. The parser may read the last bit of a number otherwise than it was written; so
a model that was just fitted is read back, and scores as every reader of its file will.
"""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.bundle.catboost_check import EMPTY, as_text, check, key_of, refused
from assay.errors import AssayError, sample

if TYPE_CHECKING:
    from types import ModuleType

    from catboost import CatBoost, Pool

FILE = "model.json"
KINDS = ("categorical_features", "ctrs", "float_features")
LEFT_OUT = ("identifier", "string_values")  # of a feature: what its other parts say


class JsonModel:
    """A model as its JSON says it, which only scores. `features`: the columns in order."""

    def __init__(self, text: str) -> None:
        self.become(text)

    def become(self, text: str) -> None:
        """Take over the model of a text that `canonical` wrote."""
        self.catboost_json = text
        self.classes_ = np.array([0, 1])
        self._model = _read_by_catboost(text)
        self.features: list[str] = self._model.feature_names_

    def decision_function(self, X: pd.DataFrame) -> np.ndarray:
        """The log odds, (n,). A category that the fit had not seen counts as a rare one."""
        return self._model.predict(self._pool(X), prediction_type="RawFormulaVal", thread_count=threads())

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Columns: 1 - score, score. AssayError if the columns of X are not those of the fit, in their order."""
        from scipy.special import expit

        positive = expit(self.decision_function(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """The class of each record, (n,)."""
        return (self.decision_function(X) > 0).astype(int)

    def contributions(self, X: pd.DataFrame) -> np.ndarray:
        """The contribution of each feature to the log odds, and the baseline: (n, features + 1)."""
        return self._model.get_feature_importance(self._pool(X), type="ShapValues", thread_count=threads())

    def _pool(self, X: pd.DataFrame) -> "Pool":
        named = [str(name) for name in X]
        if named != self.features:
            different = sorted(set(named) ^ set(self.features)) or ["their order"]
            raise AssayError(f"not the features that the model was fitted on: {sample(different)}")
        return pool(X, [X.columns[place] for place in self._model.get_cat_feature_indices()])


def canonical(model: "CatBoost") -> str:
    """The JSON of a fitted model, of what scoring needs; AssayError if `read` would not take it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        model.save_model(str(path), format="json")
        kept = _needed(json.loads(path.read_bytes()))
    check(kept)
    return as_text(kept)


def read(content: bytes) -> JsonModel:
    """The model of a file; AssayError, before CatBoost sees it, if `canonical` cannot have written it."""
    text = content.decode()
    found = json.loads(text)
    if as_text(found) != text:
        raise refused("another JSON than it would be written as")
    check(found)
    return JsonModel(text)


def threads() -> int:
    """How many threads CatBoost may use: as many as OpenMP, or -1 for all. What it computes does not depend on it."""
    stated = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    return int(stated) if stated.isdecimal() and int(stated) else -1


def library() -> "ModuleType":
    """CatBoost; AssayError if it is not installed."""
    try:
        import catboost
    except ModuleNotFoundError as error:
        raise AssayError(
            "this model needs CatBoost, which is optional and not installed here", todo="make extras installs it"
        ) from error
    return catboost


def pool(X: pd.DataFrame, categories: list[Any], **more: Any) -> "Pool":
    """The records as CatBoost takes them: texts for categories, the empty text for a missing one."""
    taken = X.copy(deep=False)
    for name in categories:
        taken[name] = as_texts(X[name])
    return library().Pool(taken, cat_features=categories, **more)


def as_texts(categories: pd.Series) -> pd.Series:
    """Each category as a text, none of which is empty; a missing one as the empty text."""
    return ("=" + categories.astype("object").astype("str")).where(categories.notna(), "").astype("object")


def _read_by_catboost(text: str) -> "CatBoost":
    model = library().CatBoost()
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_text(text, encoding="utf-8")
        model.load_model(str(path), format="json")
    return model


def _needed(found: dict[str, Any]) -> dict[str, Any]:
    features, trees = found["features_info"], found.get("oblivious_trees") or []
    return {
        "ctr_data": dict(_table(key, table) for key, table in (found.get("ctr_data") or {}).items()),
        "features_info": {kind: [_feature(one) for one in features.get(kind) or []] for kind in KINDS},
        "model_info": {"class_params": found["model_info"].get("class_params")},
        "oblivious_trees": [{**tree, "splits": [_split(one) for one in tree["splits"] or []]} for tree in trees],
        "scale_and_bias": found["scale_and_bias"],
    }


def _table(key: str, table: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A table of counts under its name as we write it, without CatBoost's mark for an empty place."""
    named, cells, stride = json.loads(key), table["hash_map"], table["hash_stride"]
    rows = [cells[start : start + stride] for start in range(0, len(cells), stride)]
    kept = [cell for row in rows if row[0] != str(EMPTY) for cell in row]
    return key_of(named["type"], named["identifier"]), {**table, "hash_map": kept}


def _feature(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in LEFT_OUT}


def _split(one: dict[str, Any]) -> dict[str, Any]:
    return {"split_index": one["split_index"]}
