"""Is what DVC recorded in a copy true? Asked of the files themselves, without the code that keeps them so."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from pipeline_copy import Copy

Entry = dict[str, Any]


def false_records(copy: Copy) -> list[str]:
    """Every entry of a dvc.lock (of the workspace, each branch, each experiment) and of the run-cache that is false.

    An entry is false if the parameters that it names are not those that the outputs which it names were made with.
    """
    return [f"{where}: {fault}" for where, stage, entry in _entries(copy) for fault in _faults(copy, stage, entry)]


def _entries(copy: Copy) -> Iterator[tuple[str, str, Entry]]:
    locks = {"workspace": (copy.path / "dvc.lock").read_text()}
    for ref in copy.run("git", "for-each-ref", "--format=%(refname)").stdout.split():
        locks[ref] = copy.run("git", "show", f"{ref}:dvc.lock").stdout if "stash" not in ref else "stages: {}"
    for where, text in locks.items():
        for stage, entry in yaml.safe_load(text)["stages"].items():
            yield where, stage, entry
    for path in (copy.path / ".dvc/cache/runs").glob("*/*/*"):
        entry = yaml.safe_load(path.read_text())
        yield str(path.relative_to(copy.path)), entry["cmd"].rpartition(".")[2], entry


def _faults(copy: Copy, stage: str, entry: Entry) -> Iterator[str]:
    params = entry.get("params", {}).get("params.yaml", {})
    outs = {out["path"]: out["md5"] for out in entry["outs"]}
    if statement := _object(copy, outs.get(f"data/lineage/{stage}.json", "")):
        used = json.loads(statement.read_bytes())["params"]
        if used != params:
            yield f"{stage} stated {_short(used, params)}, the entry says {_short(params, used)}"
    if (models := outs.get("models")) and (listing := _object(copy, models)):
        files = {one["relpath"]: one["md5"] for one in json.loads(listing.read_bytes())}
        if bundle := _object(copy, files["bundle.json"]):
            folds = json.loads(bundle.read_bytes())["config"]["training"]["folds"]
            if folds != params["training"]["folds"]:
                yield f"the model was made with folds={folds}, the entry says {params['training']['folds']}"


def _short(one: Entry, other: Entry) -> Entry:
    return {key: value for key, value in one.items() if value != other.get(key)}


def _object(copy: Copy, md5: str) -> Path | None:
    path = copy.path / ".dvc/cache/files/md5" / md5[:2] / md5[2:]
    return path if md5 and path.exists() else None
