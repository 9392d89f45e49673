"""dvc.lock as DVC writes it: reads the entries of stages, compares them with statements, and removes one."""

from collections.abc import Mapping
from contextlib import suppress
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any

from assay.dvc_internals.objects import listed, object_path
from assay.dvc_internals.repository import cache_folder
from assay.dvc_internals.run_cache import folders_of
from assay.errors import AssayError
from assay.files import read_yaml, write_text
from assay.lineage.graph import LOCK, PARAMS, as_path
from assay.lineage.statement import MEND, Statement, location, same

Entry = Mapping[str, Any]


def entries(path: Path = Path(LOCK)) -> dict[str, Entry]:
    """The entry of each stage; none where there is no dvc.lock yet. AssayError if the file is damaged."""
    found = read_yaml(path).get("stages") or {} if path.exists() else {}
    if not isinstance(found, dict) or not all(map(_sound, found.values())):
        raise AssayError("an entry is damaged", where=str(path), todo=MEND)
    return found


def _sound(entry: Any) -> bool:
    """Whether it is an entry by its form."""
    with suppress(AttributeError, TypeError):
        files = [*entry.get("deps", []), *entry.get("outs", [])]
        named = all(isinstance(one.get("path"), str) and isinstance(one.get("md5", ""), str) for one in files)
        return named and isinstance(entry.get("params", {}).get(PARAMS, {}), dict)
    return False


def recorded(entry: Entry, kind: str) -> dict[str, str]:
    """Path to MD5 of the "deps" or "outs" of an entry."""
    return {as_path(one["path"]): one.get("md5", "") for one in entry.get(kind, [])}


def recorded_at(entry: Entry, path: str) -> str | None:
    """The MD5 that an entry has for an output or for a file within one; None if it says nothing of it.

    A folder stands in dvc.lock as the hash of its listing, which DVC's cache has: AssayError if that is damaged.
    """
    outs = recorded(entry, "outs")
    if path in outs:
        return outs[path]
    above = next((str(one) for one in PurePosixPath(path).parents if str(one) in outs), None)
    return _listed(outs[above]).get(PurePosixPath(path).relative_to(above).as_posix()) if above else None


def _listed(folder: str) -> dict[str, str]:
    """Name to MD5 of the files of a folder by its hash; none where the cache does not have its listing."""
    cache = cache_folder()
    try:
        return listed(cache, folder)
    except FileNotFoundError:
        return {}
    except ValueError as error:
        where = str(object_path(cache, folder))
        raise AssayError("an object of DVC's cache is damaged", where=where, todo=MEND) from error


def differences(entry: Entry, statement: Statement) -> list[str]:
    """Every difference between an entry and the statement of its stage, as sentences; empty if the entry is true."""
    params = entry.get("params", {}).get(PARAMS, {})
    found = [
        f"{key} was {statement.params.get(key)!r}, dvc.lock says {params.get(key)!r}"
        for key in sorted({*params, *statement.params})
        if not same(params.get(key), statement.params.get(key))
    ]
    deps = {path: (said, statement.used(path)) for path, said in recorded(entry, "deps").items()}
    found += [
        f"{path} had MD5 {used}, dvc.lock says {said}"
        for path, (said, used) in deps.items()
        if used not in (None, said)
    ]
    outs = {path: (said, statement.made(path)) for path, said in recorded(entry, "outs").items()}
    return found + [
        f"{path} was written with MD5 {made}, dvc.lock says {said}"
        for path, (said, made) in outs.items()
        if made not in (None, said)
    ]


def own_md5(entry: Entry, stage: str) -> str | None:
    """The MD5 that an entry has for the statement of its stage; None in an entry from before there were statements."""
    return recorded(entry, "outs").get(str(location(stage)))


def take_out(stage: str, entry: Entry, path: Path = Path(LOCK)) -> None:
    """Remove an entry from dvc.lock, and its results from DVC's run-cache, which would restore them.

    The run-cache comes first: if this is killed in between, or may not write there, the false entry is found again.
    Raises OSError then.
    """
    for folder in filter(Path.exists, folders_of(entry)):
        for result in folder.iterdir():
            result.unlink()
        folder.rmdir()  # DVC cannot read a folder without an entry
    content = read_yaml(path)
    del content["stages"][stage]
    if content["stages"]:
        write_text(path, as_text(content))
    else:
        path.unlink()  # DVC reads no dvc.lock without an entry


def as_text(content: Mapping[str, Any]) -> str:
    """The content of a dvc.lock as DVC writes it."""
    from ruamel.yaml import YAML

    yaml, stream = YAML(), StringIO()
    yaml.default_flow_style = False
    yaml.dump(content, stream)
    return stream.getvalue()


def leaves(value: Any, key: str = "") -> dict[str, Any]:
    """Every value that is no mapping, by its dotted key, as DVC names parameters."""
    if not isinstance(value, dict):
        return {key: value}
    parts = (leaves(part, f"{key}.{name}" if key else str(name)) for name, part in value.items())
    return {name: leaf for part in parts for name, leaf in part.items()}
