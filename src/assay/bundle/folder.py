"""The model folder: everything that is needed to score a raw record, in files that have data and no code."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from assay.bundle import catboost_json, lightgbm_text, skops_archive
from assay.bundle.ensemble import MeanLogOdds
from assay.bundle.hashes import MEND, Files
from assay.errors import AssayError
from assay.files import md5, read_json, write_bytes, write_json
from assay.machine import of_the_system
from assay.paths import BUNDLE, MEMBER_NAME

FORMAT = 1  # of bundle.json: see `assay.bundle.description`
XGBOOST_FILE = "model.ubj"
LIGHTGBM_FILE = "model.txt"
CATBOOST_FILE = catboost_json.FILE
SKOPS_FILE = "model.skops"
ENSEMBLE_FILE = "ensemble.json"  # names the file of each member, in a folder of its own beside it
FILES = (XGBOOST_FILE, LIGHTGBM_FILE, CATBOOST_FILE, SKOPS_FILE, ENSEMBLE_FILE)
MEMBERS = "members"
REFERENCE = "reference.json"  # see `assay.bundle.reference`
METRICS = "metrics_out_of_fold_threshold_chosen_on_them"  # a key of bundle.json


def save_model(estimator: Any, folder: Path) -> Path:
    """Write the estimator without pickle, the same bytes for the same model; return the file's path."""
    if hasattr(estimator, "members_"):
        path = folder / ENSEMBLE_FILE
        write_json(path, {MEMBERS: {name: _saved(one, folder / name) for name, one in estimator.members_.items()}})
    elif hasattr(estimator, "get_booster"):
        path = folder / XGBOOST_FILE
        write_bytes(path, bytes(estimator.get_booster().save_raw("ubj")))
    elif hasattr(estimator, "booster_"):
        path = folder / LIGHTGBM_FILE
        write_bytes(path, lightgbm_text.canonical(estimator.booster_.model_to_string()).encode())
    elif hasattr(estimator, "catboost_json"):
        path = folder / CATBOOST_FILE
        write_bytes(path, estimator.catboost_json.encode())
    else:
        from skops.io import dumps

        path = folder / SKOPS_FILE
        write_bytes(path, skops_archive.canonical(dumps(estimator)))
    return path


def load_model(folder: Path) -> Any:
    """The estimator of a model folder, with `predict_proba`, whose probabilities are those before any recalibration.

    The threshold is for those of `assay.bundle.scoring.score` with `Recalibration.of` the bundle.

    AssayError if the file is not the one that bundle.json describes, before it is parsed; or if it names a type that is
    not trusted.
    """
    files = Unverified(folder)
    content = read_json(folder / BUNDLE.name)
    return model_of(files, content.get("file") if isinstance(content, dict) else None)


@dataclass(frozen=True)
class Unverified:
    """The files of a folder, which nobody has compared with hashes.json."""

    folder: Path
    mend: str = MEND

    def where(self, name: str) -> str:
        """The place of a file, for messages."""
        return str(self.folder / name)

    def __contains__(self, name: str) -> bool:
        return (self.folder / name).exists()

    def read(self, name: str) -> bytes:
        """The bytes of a file; AssayError if it is missing."""
        if not (self.folder / name).is_file():
            raise AssayError("the model file is missing", where=self.where(name), todo=self.mend)
        return (self.folder / name).read_bytes()


def model_of(files: Files, file: Any) -> Any:
    """The same for files whose description was read already; file: what it says of the model file."""
    return _read(files, *_checked(files, file, BUNDLE.name))


def _saved(estimator: Any, folder: Path) -> dict[str, str]:
    """Save a member in a folder of its own; its file's name and MD5."""
    folder.mkdir()
    path = save_model(estimator, folder)
    return {"name": path.name, "md5": md5(path)}


def _read(files: Files, name: str, content: bytes) -> Any:
    """The model in the file of that name, which has these bytes."""
    kind = PurePosixPath(name).name
    try:
        return _ensemble(files, name, content) if kind == ENSEMBLE_FILE else READERS[kind](content)
    except AssayError as error:
        trusted = "; if you made it: TRUSTED in assay/bundle/skops_archive.py" if kind == SKOPS_FILE else ""
        todo = error.todo or f"{files.mend}{trusted}"
        raise AssayError(error.what, where=error.where or files.where(name), todo=todo) from error
    except Exception as error:  # of skops, xgboost, lightgbm, catboost and what they read with
        if of_the_system(error):
            raise
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise AssayError(f"not a model file: {reason}", where=files.where(name), todo=files.mend) from error


def _checked(files: Files, file: Any, description: str, within: str = "") -> tuple[str, bytes]:
    """The path and the bytes of a model file; AssayError unless it is the one that its description names.

    file: what `description`, a file too, says of it. within: the folder that it lies in, with a slash at the end.
    """
    name, declared = (file.get("name"), file.get("md5")) if isinstance(file, dict) else (None, None)
    if name not in FILES:
        raise AssayError(f"it names no model file: {str(name)[:60]!r}", where=files.where(description), todo=files.mend)
    if extra := [within + other for other in FILES if other != name and within + other in files]:
        raise AssayError(f"a second model beside {name}", where=files.where(extra[0]), todo=files.mend)
    path = within + name
    if path not in files:
        raise AssayError("the model file is missing", where=files.where(path), todo=files.mend)
    read = files.read(path)
    if (found := hashlib.md5(read).hexdigest()) != declared:
        raise AssayError(
            f"not the model that {PurePosixPath(description).name} describes: md5 {found}, described {declared}",
            where=files.where(path),
            todo=files.mend,
        )
    return path, read


def _ensemble(files: Files, name: str, content: bytes) -> MeanLogOdds:
    """The members that an ensemble's file names, each read only if its bytes are those that it states."""
    stated = json.loads(content)
    listed = stated.get(MEMBERS) if isinstance(stated, dict) else None
    if not isinstance(listed, dict) or not listed or not all(MEMBER_NAME.fullmatch(one) for one in listed):
        raise AssayError("it names no members")
    members = {one: _checked(files, file, name, f"{one}/") for one, file in listed.items()}
    if nested := [one for one, (path, _) in members.items() if PurePosixPath(path).name == ENSEMBLE_FILE]:
        raise AssayError(f"a member is an ensemble itself: {nested[0]}")
    return MeanLogOdds({one: _read(files, *member) for one, member in members.items()})


def _booster(content: bytes) -> Any:
    from xgboost import XGBClassifier

    estimator = XGBClassifier()
    estimator.load_model(bytearray(content))
    return estimator


READERS = {
    XGBOOST_FILE: _booster,
    LIGHTGBM_FILE: lightgbm_text.read,
    CATBOOST_FILE: catboost_json.read,
    SKOPS_FILE: skops_archive.read,
}


def describe(folder: Path, **content: Any) -> None:
    """Write bundle.json: its format, name and hash of the model file in the folder, and `content`."""
    model = next(folder / name for name in FILES if (folder / name).exists())
    file = {"name": model.name, "md5": md5(model)}
    write_json(folder / BUNDLE.name, {"format": FORMAT, "file": file, **content}, sort_keys=False)
