"""One contestant of bench_models.py, in a process of its own: learns train and validation, then scores test.

    python peers.py NAME ROOT BUDGET RESULT

It runs in the environment of the peers, so it imports Assay only for the line's own model. It writes into RESULT, as
JSON, the scores of the test records in the order of their features, the seconds of the fit, and the peak of memory. The
labels of the test fold are not read.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Fitted = Callable[[pd.DataFrame], np.ndarray]  # features to scores
Tables = tuple[pd.DataFrame, pd.Series]
RECORD_ID, LABEL, SEED = "record_id", "label", 0
MIB = 1 << (10 if sys.platform == "linux" else 20)  # getrusage counts in KiB on Linux, in bytes on macOS


def features(root: Path, fold: str) -> pd.DataFrame:
    """The features of a fold by record id."""
    return pd.read_parquet(root / f"data/features/{fold}.parquet").set_index(RECORD_ID)


def labelled(root: Path, fold: str) -> Tables:
    """Features and labels of a fold that may be learned from."""
    X = features(root, fold)
    labels = pd.read_parquet(root / f"data/split/{fold}.parquet", columns=[RECORD_ID, LABEL]).set_index(RECORD_ID)
    return X, labels.loc[X.index, LABEL].astype(int)


def with_texts(X: pd.DataFrame) -> pd.DataFrame:
    """With texts for categories, as CatBoost wants them."""
    texts = {name: X[name].astype(object).where(X[name].notna(), "missing") for name in X.select_dtypes("category")}
    return X.assign(**texts)


def lightgbm(X: pd.DataFrame, y: pd.Series, budget: int) -> Fitted:
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(random_state=SEED, verbosity=-1).fit(X, y)
    return lambda new: model.predict_proba(new)[:, 1]


def catboost(X: pd.DataFrame, y: pd.Series, budget: int) -> Fitted:
    from catboost import CatBoostClassifier

    categories = list(X.select_dtypes("category"))
    model = CatBoostClassifier(random_seed=SEED, verbose=False, allow_writing_files=False, cat_features=categories)
    model.fit(with_texts(X), y)
    return lambda new: model.predict_proba(with_texts(new))[:, 1]


def hist_gradient_boosting(X: pd.DataFrame, y: pd.Series, budget: int) -> Fitted:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(random_state=SEED, categorical_features="from_dtype").fit(X, y)
    return lambda new: model.predict_proba(new)[:, 1]


def flaml(X: pd.DataFrame, y: pd.Series, budget: int) -> Fitted:
    """FLAML chooses the learner and its parameters by average precision, by its own validation."""
    from flaml import AutoML

    model = AutoML()
    model.fit(X, y, task="classification", metric="ap", time_budget=budget, seed=SEED, verbose=0)
    return lambda new: model.predict_proba(new)[:, 1]


def autogluon(X: pd.DataFrame, y: pd.Series, budget: int) -> Fitted:
    """AutoGluon at its preset for the best quality: bagged and stacked models, by average precision."""
    from autogluon.tabular import TabularPredictor

    model = TabularPredictor(LABEL, problem_type="binary", eval_metric="average_precision", path="model", verbosity=0)
    model.fit(X.assign(**{LABEL: y}), time_limit=budget, presets="best_quality")
    return lambda new: model.predict_proba(new)[1].to_numpy()


PEERS = {
    "lightgbm": lightgbm,
    "catboost": catboost,
    "hist_gradient_boosting": hist_gradient_boosting,
    "flaml": flaml,
    "autogluon": autogluon,
}
OURS = "assay"


def peer(name: str, root: Path, budget: int) -> tuple[float, np.ndarray]:
    """Seconds of the fit of a peer on train and validation together, and its scores of the test records."""
    parts = [labelled(root, fold) for fold in ("train", "validation")]
    X, y = (pd.concat(columns) for columns in zip(*parts, strict=True))
    start = time.perf_counter()
    scores = PEERS[name](X, y, budget)
    return time.perf_counter() - start, scores(features(root, "test"))


def ours(root: Path) -> tuple[float, np.ndarray]:
    """The same of the line's own model, with all that `train` does for it: threshold and recalibration out of fold."""
    from assay.bundle.scoring import score
    from assay.config.load import load
    from assay.config.reading import plain
    from assay.modelling.records import read_labelled
    from assay.modelling.training import train

    os.chdir(root)
    config = load()
    folds = [read_labelled(name) for name in ("train", "validation")]
    start = time.perf_counter()
    trained = train(plain(config.model), *folds, config.training, config.criteria.min_recall)
    return time.perf_counter() - start, score(trained.estimator, features(root, "test"), trained.recalibration)


def peak_mib() -> float:
    """The most memory that this process, or one that it started, has held at once."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most / MIB


def main() -> None:
    """Fit, score, write."""
    name, root, budget, result = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    seconds, scores = ours(root) if name == OURS else peer(name, root, budget)
    content: dict[str, Any] = {"seconds": seconds, "peak_mib": peak_mib(), "scores": np.asarray(scores, float).tolist()}
    result.write_text(json.dumps(content))


if __name__ == "__main__":
    main()
