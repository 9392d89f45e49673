"""The model folder: everything that is needed to score a raw record, in files that have data and no code."""

import hashlib
import json
from pathlib import Path
from typing import Any

from assay.bundle import archive, catboost_json, lightgbm_text
from assay.bundle.ensemble import MeanLogOdds
from assay.bundle.hashes import MEND
from assay.errors import AssayError
from assay.files import md5, read_json, write_bytes, write_json
from assay.paths import BUNDLE, MEMBER_NAME

FORMAT = 1  # of bundle.json: see `assay.bundle.description`
XGBOOST_FILE = "model.ubj"
LIGHTGBM_FILE = "model.txt"
CATBOOST_FILE = catboost_json.FILE
SKOPS_FILE = "model.skops"
ENSEMBLE_FILE = "ensemble.json"  # names the file of each member, in a folder of its own beside it
FILES = (XGBOOST_FILE, LIGHTGBM_FILE, CATBOOST_FILE, SKOPS_FILE, ENSEMBLE_FILE)
MEMBERS = "members"


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
        write_bytes(path, archive.canonical(dumps(estimator)))
    return path


def load_model(folder: Path) -> Any:
    """The estimator of a model folder, with `predict_proba`, whose probabilities are those before any recalibration.

    The threshold is for those of `assay.bundle.scoring.score` with `Recalibration.of` the bundle.

    AssayError if the file is not the one that bundle.json describes, before it is parsed; or if it names a type that is
    not trusted.
    """
    return _read(*described(folder))


def model_of(folder: Path, file: Any) -> Any:
    """The same for a folder whose description was read already; file: what it says of the model file."""
    return _read(*_checked(folder, file, folder / BUNDLE.name))


def _saved(estimator: Any, folder: Path) -> dict[str, str]:
    """Save a member in a folder of its own; its file's name and MD5."""
    folder.mkdir()
    path = save_model(estimator, folder)
    return {"name": path.name, "md5": md5(path)}


def _read(path: Path, content: bytes) -> Any:
    try:
        return _ensemble(path, content) if path.name == ENSEMBLE_FILE else READERS[path.name](content)
    except AssayError as error:
        trusted = "; if you made it: TRUSTED in assay/bundle/archive.py" if path.name == SKOPS_FILE else ""
        raise AssayError(error.what, where=error.where or str(path), todo=error.todo or f"{MEND}{trusted}") from error
    except Exception as error:  # of skops, xgboost, lightgbm, catboost and what they read with
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise AssayError(f"not a model file: {reason}", where=str(path), todo=MEND) from error


def described(folder: Path) -> tuple[Path, bytes]:
    """The path and the bytes of a folder's model file; AssayError if bundle.json has another hash."""
    description = folder / BUNDLE.name
    content = read_json(description)
    return _checked(folder, content.get("file") if isinstance(content, dict) else None, description)


def _checked(folder: Path, file: Any, description: Path) -> tuple[Path, bytes]:
    """The path and the bytes of the model file in a folder; AssayError unless it is the one that is described."""
    name, declared = (file.get("name"), file.get("md5")) if isinstance(file, dict) else (None, None)
    if name not in FILES:
        raise AssayError(f"it names no model file: {str(name)[:60]!r}", where=str(description), todo=MEND)
    if extra := [other for other in FILES if other != name and (folder / other).exists()]:
        raise AssayError(f"a second model beside {name}", where=str(folder / extra[0]), todo=MEND)
    path = folder / name
    if not path.is_file():
        raise AssayError("the model file is missing", where=str(path), todo=MEND)
    read = path.read_bytes()
    if (found := hashlib.md5(read).hexdigest()) != declared:
        raise AssayError(
            f"not the model that {description.name} describes: md5 {found}, described {declared}",
            where=str(path),
            todo=MEND,
        )
    return path, read


def _ensemble(path: Path, content: bytes) -> MeanLogOdds:
    """The members that an ensemble's file names, each read only if its bytes are those that it states."""
    stated = json.loads(content)
    files = stated.get(MEMBERS) if isinstance(stated, dict) else None
    if not isinstance(files, dict) or not files or not all(MEMBER_NAME.fullmatch(name) for name in files):
        raise AssayError("it names no members")
    members = {name: _checked(path.parent / name, file, path) for name, file in files.items()}
    if nested := [name for name, (member, _) in members.items() if member.name == ENSEMBLE_FILE]:
        raise AssayError(f"a member is an ensemble itself: {nested[0]}")
    return MeanLogOdds({name: _read(*member) for name, member in members.items()})


def _booster(content: bytes) -> Any:
    from xgboost import XGBClassifier

    estimator = XGBClassifier()
    estimator.load_model(bytearray(content))
    return estimator


READERS = {
    XGBOOST_FILE: _booster,
    LIGHTGBM_FILE: lightgbm_text.read,
    CATBOOST_FILE: catboost_json.read,
    SKOPS_FILE: archive.read,
}


def describe(folder: Path, **content: Any) -> None:
    """Write bundle.json: its format, name and hash of the model file in the folder, and `content`."""
    model = next(folder / name for name in FILES if (folder / name).exists())
    file = {"name": model.name, "md5": md5(model)}
    write_json(folder / BUNDLE.name, {"format": FORMAT, "file": file, **content}, sort_keys=False)
