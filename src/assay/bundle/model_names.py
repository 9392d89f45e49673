"""The names under which a model's library sees the features.

XGBoost refuses [, ] and <, LightGBM line ends and what JSON is written with, and to it a space is an underscore. A
feature may have any name; here, and nowhere else, such a name is written as all libraries take it.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import pandas as pd

REFUSED = re.compile(r"[\[\]<>\",:{}\s\x00-\x1f\x7f]")
TAKEN_BY_ALL = re.compile(r"(?:[^\[\]<>\",:{}\s\x00-\x1f\x7f]| )+")
Features = TypeVar("Features", pd.DataFrame, "pd.DataFrame | np.ndarray")


def model_names(names: Iterable[str]) -> list[str]:
    """The names; one that a library refuses, or takes for another, has numbers in place of such characters.

    >>> model_names(["age", "body mass", "TSH < 4.5", "dose [mg]", ""])
    ['age', 'body mass', 'TSH_x20__x3c__x20_4.5', 'dose_x20__x5b_mg_x5d_', '_']
    >>> model_names(["a b", "a_b"])
    ['a_x20_b', 'a_b']
    """
    names = list(map(str, names))
    alike = Counter(map(_as_one_word, names))
    plain = [TAKEN_BY_ALL.fullmatch(name) and (" " not in name or alike[_as_one_word(name)] == 1) for name in names]
    taken = {_as_one_word(name) for name, keeps in zip(names, plain, strict=True) if keeps}
    return [name if keeps else _free(_written(name), taken) for name, keeps in zip(names, plain, strict=True)]


def for_model(estimator: Any, X: Features) -> Features:
    """The features as the estimator takes them: by their `model_names`, unless it asks for their own (`own_names`)."""
    if not isinstance(X, pd.DataFrame) or getattr(estimator, "own_names", False):
        return X
    named = model_names(X.columns)
    return X if named == list(X.columns) else X.set_axis(named, axis="columns")


def _as_one_word(name: str) -> str:
    return re.sub(r"\s", "_", name)


def _written(name: str) -> str:
    return REFUSED.sub(lambda found: f"_x{ord(found[0]):x}_", name) or "_"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
