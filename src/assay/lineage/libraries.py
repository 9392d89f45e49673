"""The libraries whose versions can change a model."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

LIBRARIES = ("lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "skops")
XGBOOST = ("xgboost-cpu", "xgboost")  # the build without GPUs, and that with them: one of the two
OPTIONAL = {"assay.modelling.zoo.catboost": "catboost"}  # by the `_target_` that needs it


def versions(models: Iterable[Mapping[str, Any]] = ()) -> dict[str, str]:
    """The installed version of each library, by name; of an optional one only if one of these models needs it."""
    needed = {OPTIONAL[model["_target_"]] for model in models if model["_target_"] in OPTIONAL}
    return {name: version(name) for name in sorted({*LIBRARIES, _xgboost(), *needed})}


def _xgboost() -> str:
    """The name under which XGBoost is installed; PackageNotFoundError if it is not."""
    for name in XGBOOST:
        with suppress(PackageNotFoundError):
            version(name)
            return name
    raise PackageNotFoundError(XGBOOST[0])
