"""Loads a model folder for scoring, and refuses one that is not whole, or does not fit what is installed here."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle import code
from assay.bundle.description import Code, Description, read
from assay.bundle.folder import CATBOOST_FILE, ENSEMBLE_FILE, LIGHTGBM_FILE, MEMBERS, SKOPS_FILE, XGBOOST_FILE, model_of
from assay.bundle.hashes import MEND, Verified, verify
from assay.bundle.recalibration import Recalibration
from assay.bundle.scoring import score
from assay.bundle.strict_json import parse
from assay.config.dataset import Dataset
from assay.config.schema import Features, Labels
from assay.errors import AssayError, sample
from assay.paths import BUNDLE, FEATURES

# The library that reads each file, by the names of the packages that may bring it.
LIBRARIES = {
    XGBOOST_FILE: ("xgboost-cpu", "xgboost"),
    LIGHTGBM_FILE: ("lightgbm",),
    CATBOOST_FILE: ("catboost",),
    SKOPS_FILE: ("scikit-learn",),
}


@dataclass(frozen=True)
class Bundle:
    """A model, and all that is needed to score raw records with it.

    hash: of the whole folder, SHA-256. name: of the model. description: the content of bundle.json. estimator: with
    `predict_proba`, before recalibration. dataset: the contract of the raw records. vocabularies: the categories of
    each feature that has some, by name. columns: the names of the features, in the model's order.
    """

    folder: Path
    hash: str
    name: str
    description: Mapping[str, Any]
    estimator: Any
    dataset: Dataset
    features: Features
    labels: Labels
    recalibration: Recalibration | None
    threshold: float
    vocabularies: Mapping[str, list[str]]
    columns: tuple[str, ...]

    @property
    def data(self) -> str:
        """The hash of the features that the model learned from, as in dvc.lock."""
        return str(self.description["lineage"].get(str(FEATURES), ""))

    def score(self, X: pd.DataFrame) -> np.ndarray:
        """The scores, (n,), of a table with `columns`; a record is an alert if its score is at least `threshold`."""
        return score(self.estimator, X, self.recalibration)


def load(folder: Path, *, other_versions: bool = False) -> Bundle:
    """The bundle of a model folder.

    AssayError, with what to do, if a file is missing, too many, or another one than hashes.json lists; if bundle.json
    has another format, or its contract is none; if the code of the dataset that is installed here is not that of the
    training; or if the library of the model has another version (the first two numbers), unless `other_versions` allows
    it. Each file is read only after its hash was checked; nothing of the dataset's code runs here.
    """
    verified = verify(folder)
    where = str(folder / BUNDLE.name)
    content, described = read(verified.read(BUNDLE.name), where, MEND)
    require_code(described, where)
    if not other_versions:
        require_versions(described.versions, _model_files(verified, described), where)
    return Bundle(
        folder=folder,
        hash=verified.hash,
        name=str(described.model.get("name")),
        description=content,
        estimator=model_of(folder, content["file"]),
        dataset=described.config.dataset,
        features=described.config.features,
        labels=described.config.labels,
        recalibration=Recalibration.of(content),
        threshold=described.threshold.value,
        vocabularies={one.name: one.categories for one in described.features if one.categories is not None},
        columns=tuple(one.name for one in described.features),
    )


def require_code(described: Description, where: str) -> None:
    """AssayError unless the installed plug-ins of the contract have the source that the bundle states."""
    needed, stated = code.plugins(described.config.dataset), described.code
    if needed != sorted(stated):
        what = f"its contract uses the code of {_names(needed)}; it states that of {_names(sorted(stated))}"
        raise AssayError(what, where=where, todo=MEND)
    for plugin in needed:
        here = code.Source.of(code.installed(plugin))
        if differing := _differing(here, stated[plugin]):
            raise AssayError(
                f"the installed code of {plugin} is not that of the training: {sample(differing)}",
                where=where,
                todo="use the code of the revision that trained the model, or train again: dvc repro",
            )


def _names(plugins: Sequence[str]) -> str:
    return sample(plugins) or "no plug-in"


def _differing(here: code.Source, stated: Code) -> list[str]:
    """The files that differ; the hash of the whole, if it alone does."""
    names = sorted({*here.files, *stated.files})
    differing = [name for name in names if here.files.get(name) != stated.files.get(name)]
    return differing or ([stated.sha256] if here.sha256 != stated.sha256 else [])


def _model_files(verified: Verified, described: Description) -> list[str]:
    """The names of the files from which the model is read: one, or that of each member of an ensemble."""
    name = described.file.name
    if name != ENSEMBLE_FILE:
        return [name]
    content = parse(verified.read(name), str(verified.folder / name), MEND)
    members = content.get(MEMBERS) if isinstance(content, dict) else None
    stated = members.values() if isinstance(members, dict) else []
    return [str(one.get("name")) for one in stated if isinstance(one, dict)]


def require_versions(trained: Mapping[str, str], files: Iterable[str], where: str) -> None:
    """AssayError unless the libraries that read these files have the versions of the training (major and minor)."""
    for names in dict.fromkeys(LIBRARIES[file] for file in files if file in LIBRARIES):
        before, here = _first(names, trained.get), _first(names, _installed)
        if here is None:
            what = f"the model needs {names[0]}, which is not installed"
            raise AssayError(what, where=where, todo=f"install {names[0]}")
        if before is None or _minor(before) != _minor(here):
            raise AssayError(
                f"trained with {names[0]} {before or 'of a version that it does not state'}, and {here} is installed",
                where=where,
                todo="install that version, or train again; if other scores are acceptable, allow other versions",
            )


def _first(names: Iterable[str], of: Callable[[str], str | None]) -> str | None:
    return next(filter(None, map(of, names)), None)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _minor(version: str) -> str:
    found = re.match(r"\d+\.\d+", version)
    return found[0] if found else version
