"""Writes the three configuration files that make a dataset of a file."""

import os
import re
from difflib import get_close_matches
from pathlib import Path

import yaml

from assay.config.compose import CONF
from assay.config.names import LONGEST, is_name
from assay.errors import AssayError
from assay.files import sha256, write_text
from assay.onboarding.draft import Draft, draft
from assay.records.formats import SUFFIXES
from assay.records.reading import read

NAME = re.compile(r"[a-z][a-z0-9_]*")  # a name that needs no quotes in an override


def init_dataset(path: Path, name: str | None, target: str | None) -> tuple[str, Draft, list[Path]]:
    """Describe a table in conf/dataset, conf/labels and conf/split; return its name there, the draft, and the files.

    AssayError for a file that is missing or no table, a name that is taken or not valid, and a target that cannot be
    guessed.
    """
    require_file(path)
    name = name_of(path, name)
    targets = {part: CONF / part / f"{name}.yaml" for part in ("dataset", "labels", "split")}
    if taken := [str(one) for one in targets.values() if one.exists()]:
        raise AssayError(
            f"there is already {', '.join(taken)}", where="conf/", todo="delete it, or choose another --name"
        )
    raw = read(
        path,
        SUFFIXES[path.suffix.lower()],
        "give a CSV separated by commas, in UTF-8 and with a header, or a Parquet file",
    )
    if raw.empty or len(raw.columns) < 2:
        found = f"{len(raw)} rows and {len(raw.columns)} column(s)"
        raise AssayError(f"{found}: no table", where=str(path), todo="give a CSV separated by commas, with a header")
    source = {"uri": _address(path), "sha256": sha256(path), "licence": "unknown", "citation": "unknown"}
    drawn = draft(name, raw, source, target)
    for part, file in targets.items():
        write_text(file, getattr(drawn, part))
    return name, drawn, list(targets.values())


def name_of(path: Path, name: str | None) -> str:
    """The name of a dataset, as asked or after its file; AssayError if it is none, or the file has no known format."""
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise AssayError(f"not one of: {known}", where=str(path), todo="convert it to CSV with a header, or to Parquet")
    name = name or re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    if not (is_name(name) and NAME.fullmatch(name) and yaml.safe_load(name) == name):
        todo = f"use small letters, digits and _, a letter first, {LONGEST} at most, and no word of YAML like null"
        raise AssayError(f"{name!r} is no name", where="--name", todo=todo)
    return name


def require_file(path: Path) -> None:
    """AssayError if the file is missing: it says where it was looked for, and what is there instead."""
    if path.is_file():
        return
    where = str(path.parent.resolve())
    if path.is_dir():
        raise AssayError(f"{path.name} is a folder", where=where, todo="name a file in it")
    there = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, there, n=1)
    todo = f"did you mean {near[0]}?" if near else "check the name; a path is taken from the folder that you stand in"
    raise AssayError(f"there is no file {path.name}", where=where, todo=todo)


def _address(path: Path) -> str:
    """Relative to the repository where the file is inside it, so that a clone finds it too."""
    whole = Path(os.path.normpath(path.absolute()))
    return str(whole.relative_to(Path.cwd())) if whole.is_relative_to(Path.cwd()) else str(whole)
