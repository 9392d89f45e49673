"""Loads a model folder or an archive for scoring; refuses one that is not whole, or does not fit this environment."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.description import Description, read
from assay.bundle.folder import (
    CATBOOST_FILE,
    ENSEMBLE_FILE,
    LIGHTGBM_FILE,
    MEMBERS,
    REFERENCE,
    SKOPS_FILE,
    XGBOOST_FILE,
    model_of,
)
from assay.bundle.hashes import Verified, verify
from assay.bundle.packing import unpack
from assay.bundle.recalibration import Recalibration
from assay.bundle.scoring import score
from assay.bundle.strict_json import parse
from assay.bundle.trust import code_of, require_installed, require_stated
from assay.config.dataset import Dataset
from assay.config.schema import Features, Labels
from assay.config.source import sources
from assay.datasets import Knowledge, knowledge
from assay.errors import AssayError
from assay.paths import BUNDLE, FEATURES

# The libraries that read each file, each by the names of the packages that may bring it.
LIBRARIES: dict[str, list[tuple[str, ...]]] = {
    XGBOOST_FILE: [("xgboost-cpu", "xgboost")],
    LIGHTGBM_FILE: [("lightgbm",)],
    CATBOOST_FILE: [("catboost",)],
    SKOPS_FILE: [("scikit-learn",), ("skops",)],
}


@dataclass(frozen=True)
class Bundle:
    """A model, and all that is needed to score raw records with it.

    folder: its path, or within an archive. hash: of the whole folder, SHA-256. name: of the model. description: the
    content of bundle.json. estimator: with `predict_proba`, before recalibration. dataset: the contract of the raw
    records. vocabularies: the categories of each feature that has some, by name. columns: the names of the features, in
    the model's order. imported: imports the dataset's own code, if it is not the installed one. card: the model card
    (Markdown), if it came in the archive. reference: the bytes of reference.json, if it is there.
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
    imported: Callable[[str], Any] | None = None
    card: str | None = None
    reference: bytes | None = None

    def knowledge(self) -> Knowledge:
        """The dataset's own code, which is imported now."""
        return knowledge(self.dataset, self.imported)

    @property
    def data(self) -> str:
        """The hash of the features that the model learned from, as in dvc.lock; without one that of the source."""
        return str(self.description["lineage"].get(str(FEATURES)) or sources(self.dataset.source)[-1].sha256)

    def score(self, X: pd.DataFrame) -> np.ndarray:
        """The scores, (n,), of a table with `columns`; a record is an alert if its score is at least `threshold`."""
        return score(self.estimator, X, self.recalibration)


def load(path: Path, *, other_versions: bool = False, trusted: Collection[str] = ()) -> Bundle:
    """The bundle of a model folder, or of an archive (`assay.bundle.packing`).

    AssayError, with what to do, if a file is missing, too many, or another one than hashes.json lists; if bundle.json
    has another format, or its contract is none; if the code of the dataset that is installed here is not that of the
    training; or if a library that reads the model is not installed, or has another version (the first two numbers),
    which `other_versions` allows. An archive brings the code of its dataset along: it is taken if the installed one is
    another, or there is none, and if the hash of its source is among `trusted`. Each file is read only after its hash
    was checked; nothing of the dataset's code runs here.
    """
    packed = unpack(path) if path.is_file() else None
    model = packed.model if packed else verify(path)
    where = model.where(BUNDLE.name)
    content, described = read(model.read(BUNDLE.name), where, model.mend)
    require_stated(described, where, model.mend)
    if packed is None:
        require_installed(described, where)
    imported = code_of(packed.code, described, trusted, where) if packed else None
    require_libraries(described.versions, _model_files(model, described), where, other_versions=other_versions)
    return Bundle(
        folder=model.folder,
        hash=model.hash,
        name=str(described.model.get("name")),
        description=content,
        estimator=model_of(model, content["file"]),
        dataset=described.config.dataset,
        features=described.config.features,
        labels=described.config.labels,
        recalibration=described.recalibration,
        threshold=described.threshold.value,
        vocabularies={one.name: one.categories for one in described.features if one.categories is not None},
        columns=tuple(one.name for one in described.features),
        imported=imported,
        card=packed.card if packed else None,
        reference=model.read(REFERENCE) if REFERENCE in model else None,
    )


def _model_files(verified: Verified, described: Description) -> list[str]:
    """The names of the files from which the model is read: one, or that of each member of an ensemble."""
    name = described.file.name
    if name != ENSEMBLE_FILE:
        return [name]
    content = parse(verified.read(name), verified.where(name), verified.mend)
    members = content.get(MEMBERS) if isinstance(content, dict) else None
    stated = members.values() if isinstance(members, dict) else []
    return [str(one.get("name")) for one in stated if isinstance(one, dict)]


def require_libraries(
    trained: Mapping[str, str], files: Iterable[str], where: str, *, other_versions: bool = False
) -> None:
    """AssayError unless the libraries that read these files are installed, in the versions of the training.

    The first two numbers of a version count, and none if `other_versions`.
    """
    for names in dict.fromkeys(library for file in files for library in LIBRARIES.get(file, ())):
        before, here = _first(names, trained.get), _first(names, _installed)
        if here is None:
            what = f"the model needs {names[0]}, which is not installed"
            raise AssayError(what, where=where, todo=f"install {names[0]}")
        if not other_versions and (before is None or _minor(before) != _minor(here)):
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
