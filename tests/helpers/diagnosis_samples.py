"""A table without faults, to plant faults in, and its diagnosis."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from assay.diagnosis.evidence import Evidence, Subject, gathered
from assay.modelling.records import Records
from modelling_samples import configured

LOGISTIC = configured("logistic")
WORTH = 0.01
POINTS = 3.5, 3.0, 2.0  # what a standard deviation of each number adds to the log odds


def table(n: int = 1500, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """n records with an eighth positive: three numbers, a flag and a category, all of which tell something."""
    generator = np.random.default_rng(seed)
    X = pd.DataFrame(generator.normal(size=(n, 3)), columns=["a", "b", "c"]).assign(
        flag=generator.random(n) < 0.3,
        site=pd.Categorical.from_codes(generator.integers(0, 3, n), ["A", "B", "C"]),
    )
    logit = X[["a", "b", "c"]].to_numpy() @ POINTS + 3 * X["flag"] + 1.5 * X["site"].cat.codes - 9
    return X, pd.Series((generator.random(n) < 1 / (1 + np.exp(-logit))).astype(int), name="label")


def subject(X: pd.DataFrame, y: pd.Series, model: dict[str, Any] = LOGISTIC, **more: Any) -> Subject:
    """A model on a table whose features are recorded as they are, a record a day."""
    days = pd.Series(pd.date_range("2020-01-01", periods=len(X)))
    made = Subject(Records(X, y), model, 5, 0.3, inputs=X, features=lambda one: one, recorded=list(X), dates=days)
    return replace(made, **more)


def evidence(X: pd.DataFrame, y: pd.Series, model: dict[str, Any] = LOGISTIC, **more: Any) -> Evidence:
    """The evidence on that subject."""
    return gathered(subject(X, y, model, **more), WORTH)
