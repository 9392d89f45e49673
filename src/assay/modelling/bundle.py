"""The model folder: all that scoring a raw record needs, in files that hold data and no code to run."""

import io
import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from assay.errors import AssayError
from assay.files import md5, write_bytes, write_json
from assay.paths import BUNDLE

XGBOOST_FILE = "model.ubj"
SKOPS_FILE = "model.skops"
# What a model file of the zoo may name besides what skops trusts by itself.
# (A partial is as harmless as its function, which must be trusted too.)
TRUSTED = (
    "assay.modelling.zoo.RuleClassifier",
    "assay.modelling.zoo.ThreadlessHistGBM",
    "functools.partial",
    "numpy.dtype",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn.compose._column_transformer.make_column_selector",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
)


def save_model(estimator: Any, folder: Path) -> Path:
    """Write the estimator in a format without pickle, the same bytes for the same model; the file's path."""
    if hasattr(estimator, "get_booster"):
        path = folder / XGBOOST_FILE
        write_bytes(path, bytes(estimator.get_booster().save_raw("ubj")))
    else:
        from skops.io import dumps

        path = folder / SKOPS_FILE
        write_bytes(path, canonical(dumps(estimator)))
    return path


def load_model(folder: Path) -> Any:
    """The estimator of a model folder, with `predict_proba`; refuses a file that names anything not trusted."""
    if (path := folder / XGBOOST_FILE).exists():
        from xgboost import XGBClassifier

        estimator = XGBClassifier()
        estimator.load_model(path)
        return estimator
    import skops.io

    path = folder / SKOPS_FILE
    unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED))
    if unknown:
        raise AssayError(
            f"the model file names types that are not trusted: {', '.join(unknown)}",
            where=str(path),
            todo="if you made the model and trust them, add them to TRUSTED in assay/modelling/bundle.py",
        )
    return skops.io.load(path, trusted=list(TRUSTED))


def feature_schema(X: pd.DataFrame) -> list[dict[str, Any]]:
    """Name and type of each feature in order, and the categories where it has them."""
    return [
        {"name": name, "dtype": str(column.dtype)}
        | ({"categories": list(column.cat.categories)} if column.dtype == "category" else {})
        for name, column in X.items()
    ]


def describe(folder: Path, **content: Any) -> None:
    """Write the description that goes with the model file, its hash included."""
    model = next(path for path in (folder / XGBOOST_FILE, folder / SKOPS_FILE) if path.exists())
    write_json(folder / BUNDLE.name, {"file": {"name": model.name, "md5": md5(model)}, **content}, sort_keys=False)


def canonical(archive: bytes) -> bytes:
    """A skops archive that depends on the model only.

    As written it holds the time, and memory addresses as node ids and names of members: ids become numbers in
    order of appearance, names follow them, times are fixed, and nothing is compressed (zlib's output varies).
    """
    source = zipfile.ZipFile(io.BytesIO(archive))
    names: dict[str, str] = {}
    schema = _renumbered(json.loads(source.read("schema.json")), itertools.count(), names)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as result:
        result.writestr(_member("schema.json"), json.dumps(schema))
        for old, new in names.items():
            result.writestr(_member(new), source.read(old))
    return target.getvalue()


def _renumbered(node: Any, numbers: "itertools.count[int]", names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renumbered(item, numbers, names) for item in node]
    if not isinstance(node, dict):
        return node
    renumbered = dict(node)
    if "__id__" in node:
        # Each node its own id: which equal constants share an address differs between Pythons.
        renumbered["__id__"] = next(numbers)
    if "file" in node and isinstance(node["file"], str):
        old = node["file"]
        renumbered["file"] = names.setdefault(old, f"{len(names)}{Path(old).suffix}")
    return {key: _renumbered(value, numbers, names) for key, value in renumbered.items()}


def _member(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
