"""Runs a stage: checks its inputs before, and writes its statement after."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import AssayError, sample
from assay.files import WRITTEN, Seen, files_in, files_md5, md5, stamp, write_json
from assay.forkserver.client import DVC_STAGE
from assay.lineage.checks import Known, first_difference, require_order, require_record
from assay.lineage.graph import DVC_YAML, PARAMS, Node, graph
from assay.lineage.links import expanded
from assay.lineage.statement import FOLDER, Statement, chosen, same, write
from assay.paths import CONTRACT

DATASET = "dataset"
UNLISTED = Path(".assay/unlisted")  # keys that a stage read and dvc.yaml does not list, for `assay deps`
NOTHING_RECORDED = "run it again, and change nothing meanwhile; nothing of this run was recorded"
# Set in a sweep, which writes dvc.lock after all stages, not after each: until then there is nothing to check.
LOCK_COMES_LAST: ContextVar[bool] = ContextVar("lock_comes_last", default=False)
RUNNING: ContextVar["Used | None"] = ContextVar("running", default=None)

Reread = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Used:
    """The inputs of a stage when it started: values by key, MD5 by path, and the stamps of the files by path."""

    params: dict[str, Any]
    deps: dict[str, str]
    stamps: dict[str, dict[str, tuple[int, ...]]]


@contextmanager
def stated(stage: str, plain: Mapping[str, Any], reread: Reread | None) -> Iterator[set[str]]:
    """Run a stage inside: check that its inputs are as their makers stated, and that none changes meanwhile.

    Yields a set to which the keys of the configuration that the stage reads are added: dvc.yaml must list them.

    plain: the configuration of the stage. reread: reads params.yaml again at the end; None if the configuration came
    from elsewhere. If DVC runs the stage, dvc.lock and the earlier stages are checked too. Raises AssayError; then no
    statement is written, the exit code is not 0, and DVC records nothing.
    """
    known = Known(graph())
    node = known.graph.nodes.get(stage)
    if node is None:  # run by hand, and no part of the line
        yield set()
        return
    if DVC_STAGE in os.environ:
        if not LOCK_COMES_LAST.get():
            require_record(known, known.graph.ancestors(stage))
        require_order(known, stage, plain)
    used = _used(known, node, plain)
    running, written = RUNNING.set(used), WRITTEN.set({})
    read: set[str] = set()
    try:
        yield read
        made = _made(node, WRITTEN.get() or {})
    finally:
        RUNNING.reset(running)
        WRITTEN.reset(written)
    require_listed(node, read)
    _require_unchanged(stage, node, used, reread)
    write(Statement(stage, used.params, used.deps, made))


def dependencies() -> dict[str, str]:
    """The MD5 of each dependency of the running stage, by path."""
    used = RUNNING.get()
    return dict(used.deps) if used else {}


def require_listed(node: Node, read: set[str]) -> None:
    """AssayError if a stage read keys of params.yaml that dvc.yaml does not list for it: `assay deps` lists them.

    The contract of the dataset may be listed as the file of it that `clean` writes.
    """
    listed = [*(node.keys or []), *([DATASET] if str(CONTRACT) in node.deps else [])]
    missing = sorted(key for key in read if not any(f"{key}.".startswith(f"{one}.") for one in listed))
    noted = UNLISTED / f"{node.name}.json"
    noted.unlink(missing_ok=True)  # of an earlier run, whose code or dvc.yaml was another
    if missing and node.keys is not None:
        write_json(noted, missing)
        what = f"{node.name} read {sample(missing)} of {PARAMS}, and its `params` do not list it"
        raise AssayError(what, where=DVC_YAML, todo=f"assay deps; dvc repro {node.name}")


def _used(known: Known, node: Node, plain: Mapping[str, Any]) -> Used:
    paths = sorted(expanded(node.deps))
    stamps = {path: _stamps(Path(path)) for path in paths}
    deps = {path: known.require(Path(path)) for path in paths}
    return Used(chosen(plain, node.keys), {path: found for path, found in deps.items() if found}, stamps)


def _stamps(path: Path) -> dict[str, tuple[int, ...]]:
    files = files_in(path) if path.is_dir() else [path] if path.exists() else []
    return {str(file): stamp(file) for file in files}


def _require_unchanged(stage: str, node: Node, used: Used, reread: Reread | None) -> None:
    for path, before in used.stamps.items():
        if _stamps(Path(path)) != before and used.deps.get(path) != (md5(Path(path)) if Path(path).exists() else None):
            raise AssayError(f"it was changed while {stage} ran", where=path, todo=NOTHING_RECORDED)
    now = chosen(reread(), node.keys) if reread else used.params
    for key, value in used.params.items():
        if not same(value, now.get(key)):
            inner, before, after = first_difference(key, value, now.get(key))
            what = f"it was changed while {stage} ran: {inner} was {before!r} and is {after!r}"
            raise AssayError(what, where=PARAMS, todo=NOTHING_RECORDED)


def _made(node: Node, written: Mapping[Path, Seen]) -> dict[str, str]:
    """The MD5 of each output file, by path; AssayError if one changed after it was written."""
    outs = [Path(out) for out in node.outs if not Path(out).is_relative_to(FOLDER)]
    files = {file for out in outs for file in ([out] if out.is_file() else files_in(out))}
    files |= {file for file in written if any(file.is_relative_to(out) for out in outs)}
    return {file.as_posix(): _as_written(file, written.get(file)) for file in sorted(files)}


def _as_written(file: Path, seen: Seen | None) -> str:
    if not file.exists():
        raise AssayError("it was removed after it was written", where=str(file), todo=NOTHING_RECORDED)
    if seen and stamp(file) == seen.stamp:
        return seen.md5
    found = files_md5(file)[""]
    if seen and found != seen.md5:
        raise AssayError("it was changed after it was written", where=str(file), todo=NOTHING_RECORDED)
    return found
