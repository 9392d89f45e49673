"""Reads a file of conf/ that is no group of Hydra: a sweep, a choice."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from assay.config.names import require_name
from assay.errors import AssayError


def read(folder: Path, name: str, keys: Sequence[str], example: str, otherwise: str = "") -> dict[str, Any]:
    """The content of NAME.yaml in a folder of conf/, which has one of `keys` and nothing else.

    AssayError if the name is none, the file is missing or no YAML, or has other keys. The kind of the file is the name
    of its folder. example: where to see a right one; otherwise: what else to do if there is no such file.
    """
    kind, path = folder.name, file_of(folder, name)
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        raise AssayError(f"no {kind} {name!r}", where=str(folder), todo=f"choose one of: {known}{otherwise}")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AssayError(f"not YAML: {error}", where=str(path), todo=example) from error
    if not (isinstance(content, dict) and len(content) == 1 and set(content) <= set(keys)):
        alone = " or ".join(f"`{key}`" for key in keys)
        raise AssayError(f"not a {kind}: it does not have {alone} alone", where=str(path), todo=example)
    return content


def file_of(folder: Path, name: str) -> Path:
    """The file of a sweep or choice of this name; AssayError if it can be no file's name."""
    return folder / f"{require_name(name, f'the name of the {folder.name}')}.yaml"
