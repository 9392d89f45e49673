"""dvc.lock as DVC writes it: reads the entries of stages, compares them with statements, and removes one."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay.files import read_yaml, write_text
from assay.lineage.graph import LOCK, PARAMS
from assay.lineage.statement import Statement, location, same

Entry = Mapping[str, Any]


def entries(path: Path = Path(LOCK)) -> dict[str, Entry]:
    """The entry of each stage; none where there is no dvc.lock yet. AssayError if the file is damaged."""
    return read_yaml(path).get("stages") or {} if path.exists() else {}


def recorded(entry: Entry, kind: str) -> dict[str, str]:
    """The MD5 of each of the "deps" or "outs" of an entry, by path."""
    return {one["path"]: one.get("md5", "") for one in entry.get(kind, [])}


def differences(entry: Entry, statement: Statement) -> list[str]:
    """Every difference between an entry and the statement of its stage, as sentences; empty if the entry is true."""
    params = entry.get("params", {}).get(PARAMS, {})
    found = [
        f"{key} was {statement.params.get(key)!r}, dvc.lock says {params.get(key)!r}"
        for key in sorted({*params, *statement.params})
        if not same(params.get(key), statement.params.get(key))
    ]
    found += [
        f"{path} had MD5 {statement.deps[path]}, dvc.lock says {md5}"
        for path, md5 in recorded(entry, "deps").items()
        if statement.deps.get(path, md5) != md5
    ]
    outs = {path: (md5, statement.made(path)) for path, md5 in recorded(entry, "outs").items()}
    return found + [
        f"{path} was written with MD5 {made}, dvc.lock says {md5}"
        for path, (md5, made) in outs.items()
        if made not in (None, md5)
    ]


def own_md5(entry: Entry, stage: str) -> str | None:
    """The MD5 that an entry has for the statement of its stage; None in an entry from before there were statements."""
    return recorded(entry, "outs").get(str(location(stage)))


def without(text: str, stage: str) -> str:
    """The text of a dvc.lock without the entry of a stage. The rest stays the same."""
    return re.sub(rf"^  {re.escape(stage)}:\n(?:   .*\n|\n)*", "", text, count=1, flags=re.MULTILINE)


def take_out(stage: str, entry: Entry, path: Path = Path(LOCK)) -> None:
    """Remove an entry from dvc.lock, and its results from DVC's run-cache, which would restore them."""
    write_text(path, without(path.read_text(encoding="utf-8"), stage))
    shutil.rmtree(run_cache(entry), ignore_errors=True)  # the whole folder: DVC cannot read an empty one


def run_cache(entry: Entry) -> Path:
    """The folder of the run-cache for the command, params and inputs of an entry. It need not exist."""
    from dvc.repo import Repo
    from dvc.stage.cache import _get_cache_hash

    with Repo(".") as repo:
        return Path(repo.stage_cache._get_cache_dir(_get_cache_hash({**entry}, key=True)))
