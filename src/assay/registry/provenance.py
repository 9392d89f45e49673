"""Is what a commit holds what its stages made? Holds its dvc.lock against statements, code, params and reports."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from assay.errors import AssayError
from assay.files import folder_md5, yaml_mapping
from assay.lineage import lock
from assay.lineage.checks import shortened
from assay.lineage.graph import DVC_YAML, LOCK, PARAMS, Node, nodes
from assay.lineage.statement import Statement, chosen, location, parse, same


class Tree(Protocol):
    """The files of a commit."""

    def in_git(self, path: str) -> dict[str, bytes]:
        """The content of a file by "", or of each file in a folder by its name there; empty if git has none."""

    def read_bytes(self, path: str) -> bytes:
        """A file, from git or by hash from DVC; AssayError if it cannot be read."""

    def recorded(self, path: str) -> str | None:
        """The MD5 by which DVC keeps a file or folder; None if it does not keep it."""


def unran(tree: Tree) -> list[str]:
    """Every difference between what a commit holds and what its dvc.lock says ran, as sentences; empty if all is true.

    AssayError if its dvc.yaml, dvc.lock or params.yaml cannot be read.
    """
    graph = nodes(tree.read_bytes(DVC_YAML).decode(errors="replace"))
    stages, params = _mapping(tree, LOCK).get("stages") or {}, _mapping(tree, PARAMS)
    found = [f"{node.name} has no entry in {LOCK}" for node in graph if not stages.get(node.name)]
    if found:
        return found
    stated: dict[str, Statement] = {}
    for node in graph:
        found += _statement(tree, node.name, stages[node.name], stated)
    made = {path: md5 for one in stated.values() for path, md5 in one.outs.items()}
    made |= {path: md5 for one in stages.values() for path, md5 in lock.recorded(one, "outs").items()}
    return found + [one for node in graph for one in _of_stage(tree, node, stages[node.name], params, made)]


def _mapping(tree: Tree, name: str) -> dict[str, Any]:
    try:
        return yaml_mapping(tree.read_bytes(name))
    except ValueError as error:
        raise AssayError(f"not YAML: {error}", where=name, todo="dvc repro, and commit what comes out") from error


def _statement(tree: Tree, stage: str, entry: lock.Entry, stated: dict[str, Statement]) -> list[str]:
    """Add the statement of a stage to `stated`; says how dvc.lock contradicts it, or that there is none."""
    path = str(location(stage))
    try:
        stated[stage] = parse(json.loads(tree.read_bytes(path)), path)
    except ValueError:
        return [f"the statement of {stage} is not JSON"]
    except AssayError as error:
        return [f"{stage} has no statement: {error.what}"]
    found = lock.differences(entry, stated[stage])
    return [f"{LOCK} says of {stage} what is not true: {shortened(found)}"] if found else []


def _of_stage(
    tree: Tree, node: Node, entry: lock.Entry, params: dict[str, Any], made: Mapping[str, str]
) -> Iterator[str]:
    if entry.get("cmd") != node.cmd:
        yield f"{node.name} ran another command"
    used = (entry.get("params") or {}).get(PARAMS) or {}
    for key, value in chosen(params, node.keys if PARAMS in node.params else []).items():
        if not same(used.get(key), value):
            yield f"{node.name} ran with another {key}"
    deps, outs = (lock.recorded(entry, kind) for kind in ("deps", "outs"))
    if set(deps) != node.deps or set(outs) != node.outs:
        yield f"{node.name} ran with other files than {DVC_YAML} declares"
    for path, md5 in deps.items():
        now = made.get(path) or _in_git(tree, path) or tree.recorded(path)
        if now != md5:
            yield f"{node.name} ran with another {path}" if now else f"{node.name} ran with {path}, which is not there"
    for path in sorted(node.in_git & set(outs)):
        if _in_git(tree, path) != outs[path]:
            yield f"{path} is not what {node.name} wrote"


def _in_git(tree: Tree, path: str) -> str:
    """The MD5 of a file or folder that git has, as in dvc.lock; "" if git has none."""
    hashes = {name: hashlib.md5(content).hexdigest() for name, content in tree.in_git(path).items()}
    return hashes.get("") or (folder_md5(hashes) if hashes else "")
