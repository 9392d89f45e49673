"""Writes the three configuration files that make a dataset of a file."""

import os
import re
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from assay.config.compose import CONF
from assay.config.names import LONGEST_NAME, is_name
from assay.config.source import Dialect, in_words
from assay.errors import AssayError
from assay.files import write_text
from assay.onboarding.checks import require_names, require_table
from assay.onboarding.draft import NOTHING, Draft, draft
from assay.onboarding.outcome import Answer
from assay.onboarding.sniff import Sniffed, sniffed
from assay.preparation.prepare import require_columns
from assay.preparation.reconcile import FIRST_LINE
from assay.records.folders import files_of, fingerprint
from assay.records.formats import CSV, SUFFIXES
from assay.records.plain import NUMBERED
from assay.records.reading import read, schema

GIVE = "give a CSV with a header, or a Parquet file, or a folder of such files"
NAME = re.compile(r"[a-z][a-z0-9_]*")  # a name that needs no quotes in an override


def init_dataset(
    path: Path, name: str | None, target: str | None, answer: Answer = NOTHING, encoding: str | None = None
) -> tuple[str, Draft, list[Path]]:
    """Describe a table in conf/dataset, conf/labels and conf/split; return its name there, the draft, and the files.

    answer: who is positive, as far as it has been said. encoding: of a CSV, if it is to be no guess. AssayError for a
    file that is missing or no table, a name that is taken or not valid, and a target that cannot be guessed.
    """
    require_file(path)
    name = name_of(path, name)
    targets = {part: CONF / part / f"{name}.yaml" for part in ("dataset", "labels", "split")}
    if taken := [str(one) for one in targets.values() if one.exists()]:
        raise AssayError(
            f"there is already {', '.join(taken)}", where="conf/", todo="delete it, or choose another --name"
        )
    raw, written = _read(path, encoding)
    source: dict[str, Any] = {
        "uri": _address(path),
        "sha256": fingerprint([Path(one) for one in files_of(str(path))] or [path]),
        "licence": "unknown",
        "citation": "unknown",
    }
    if written.dialect:
        source["dialect"] = {key: one for key, one in vars(written.dialect).items() if one != vars(Dialect())[key]}
    drawn = draft(name, raw, source, target, answer, written.remarks)
    for part, file in targets.items():
        write_text(file, getattr(drawn, part))
    return name, drawn, list(targets.values())


def name_of(path: Path, name: str | None) -> str:
    """The name of a dataset, as asked or after its file; AssayError if it is none, or the file has no known format."""
    if not path.is_dir() and path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        todo = "convert it to CSV with a header, or to Parquet; a text with separators needs the name NAME.csv alone"
        raise AssayError(f"not one of: {known}", where=str(path), todo=todo)
    name = name or re.sub(r"[^a-z0-9]+", "_", (path.name if path.is_dir() else path.stem).lower()).strip("_")
    if not (is_name(name) and NAME.fullmatch(name) and yaml.safe_load(name) == name):
        todo = f"use small letters, digits and _, a letter first, {LONGEST_NAME} at most, and no word of YAML like null"
        raise AssayError(f"{name!r} is no name", where="--name", todo=todo)
    return name


def _read(path: Path, encoding: str | None) -> tuple[pd.DataFrame, Sniffed]:
    """The table, and how its file is written; of a folder, all its files, in the order of their names."""
    files = [Path(one) for one in files_of(str(path))]
    if not files:
        return _read_file(path, encoding)
    found = [(file, *_read_file(file, encoding)) for file in files]
    written = _alike(path, [(file, one) for file, _, one in found])
    for file, raw, _ in found[1:]:
        require_columns([*raw], [*found[0][1]], str(file), GIVE)
    if any(one.dialect != written.dialect for _, _, one in found):
        found = [(file, read(file, CSV, GIVE, dialect=written.dialect), written) for file in files]
    return pd.concat([raw[[*found[0][1]]] for _, raw, _ in found], ignore_index=True), written


def _alike(folder: Path, files: list[tuple[Path, Sniffed]]) -> Sniffed:
    """How all files of a folder are written; AssayError if they differ in more than spaces around cells."""
    every = [one.dialect or Dialect() for _, one in files]
    whole = [replace(one, strip=any(each.strip for each in every)) for one in every]
    for (file, _), one in zip(files, whole, strict=True):
        if one != whole[0]:
            ways = f"{in_words(one) or 'as usual'}; {files[0][0].name}: {in_words(whole[0]) or 'as usual'}"
            what = f"the files are written in different ways: {file.name}: {ways}"
            raise AssayError(what, where=str(folder), todo="write them alike")
    said = [f"{file.name}: {remark}" for file, one in files for remark in one.remarks]
    remarks = [f"{len(files)} files are one table, in the order of their names", *said]
    return Sniffed(None if whole[0] == Dialect() else whole[0], remarks)


def _read_file(path: Path, encoding: str | None) -> tuple[pd.DataFrame, Sniffed]:
    """The table of one file, and how it is written."""
    if not path.stat().st_size:
        raise AssayError("the file is empty", where=str(path), todo=GIVE)
    form = SUFFIXES[path.suffix.lower()]
    written = sniffed(path, encoding) if form == CSV else Sniffed(None, _of_parquet(path))
    raw = read(path, form, GIVE, dialect=written.dialect)
    if raw.empty or len(raw.columns) < 2:
        found = f"{len(raw)} rows and {len(raw.columns)} column(s)"
        raise AssayError(f"{found}: no table", where=str(path), todo=GIVE)
    require_names(raw, str(path))
    if form == CSV:
        require_table(raw, str(path), FIRST_LINE + (written.dialect.above if written.dialect else 0))
    return raw, written


def _of_parquet(path: Path) -> list[str]:
    """The remark on a Parquet file: that an index of pandas is no column of it."""
    found = [name for name in schema(path, GIVE).names if NUMBERED.fullmatch(name)]
    return ["the index that pandas wrote is no column, and left out: reset_index() makes it one"] if found else []


def require_file(path: Path) -> None:
    """AssayError if neither a file nor a folder is there: where it was looked for, and what is there instead."""
    if path.is_file() or path.is_dir():
        return
    where = str(path.parent.resolve())
    if path.is_symlink():
        todo = "name the file itself, or restore it"
        raise AssayError(f"{path.name} is a link to {path.readlink()}, which is no file", where=where, todo=todo)
    if path.exists():
        raise AssayError(f"{path.name} is no file but a pipe or a device", where=where, todo="save it as a file first")
    there = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, there, n=1)
    todo = f"did you mean {near[0]}?" if near else "check the name; a path is taken from the folder that you stand in"
    raise AssayError(f"there is no file {path.name}", where=where, todo=todo)


def _address(path: Path) -> str:
    """Relative to the repository where the file is inside it, so that a clone finds it too."""
    whole = Path(os.path.normpath(path.absolute()))
    return str(whole.relative_to(Path.cwd())) if whole.is_relative_to(Path.cwd()) else str(whole)
