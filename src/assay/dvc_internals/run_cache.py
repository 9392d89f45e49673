"""The run-cache, from which DVC restores the result of a stage without running it (dvc.stage.cache).

Its folder `runs` in the cache has a folder for each command with its params and inputs, and in that a file of YAML, an
entry as in dvc.lock, for each result.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assay.dvc_internals.boundary import otherwise, part, within
from assay.dvc_internals.repository import cache_folder
from assay.files import yaml_mapping

FOLDER = "runs"
NOT_HASHED = ("size", "nfiles")


def folders(cache: Path) -> Iterator[Path]:
    """The folders of the run-cache in a cache, each for one command with its params and inputs."""
    return (path for path in sorted((cache / FOLDER).glob("??/*")) if path.is_dir())


def entries(cache: Path) -> Iterator[Path]:
    """The files of the run-cache in a cache, but for those that are being written."""
    return (path for path in sorted((cache / FOLDER).glob("??/*/*")) if not path.name.startswith("."))


def sound(path: Path) -> bool:
    """Whether an entry is what its name says."""
    try:
        return entry_name(yaml_mapping(path.read_bytes().decode(errors="replace"))) == path.name
    except ValueError:
        return False


def entry_name(content: Any) -> str:
    """The name that DVC gives to an entry: the SHA-256 of its content without the sizes."""
    return hashlib.sha256(json.dumps(_hashed(content), sort_keys=True, default=str).encode()).hexdigest()


def _hashed(content: Any) -> Any:
    if isinstance(content, list):
        return [_hashed(item) for item in content]
    if isinstance(content, dict):
        return {key: _hashed(value) for key, value in content.items() if key not in NOT_HASHED}
    return content


def _all(entry: Mapping[str, Any]) -> list[Path]:
    """All folders: without DVC's own key the right one is not known, and no false result may be left."""
    return list(folders(cache_folder()))


@otherwise(_all)
def folders_of(entry: Mapping[str, Any]) -> list[Path]:
    """The folders of the run-cache that may hold results of an entry of dvc.lock, from here. They need not exist.

    It is the one for its command, params and inputs; where that cannot be told, every one there is.
    """
    key = part("dvc.stage.cache:_get_cache_hash", "cache key")
    folder = part("dvc.stage.cache:StageCache._get_cache_dir", "self key")
    with part("dvc.repo:Repo", "root_dir")(".") as repo:
        return [Path(folder(within(repo, "stage_cache"), key({**entry}, key=True)))]
