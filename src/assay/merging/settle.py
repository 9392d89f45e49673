"""Makes a tree true: composes params.yaml, takes over known results, and runs the rest of the line."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assay.config.compose import composed, difference
from assay.dvc_internals.repository import default_remote
from assay.errors import AssayError
from assay.experiments.clones import dvc, reason
from assay.files import md5, write_text
from assay.git import git
from assay.lineage.graph import DVC_YAML, LOCK, PARAMS, Node, nodes
from assay.lineage.lock import as_text
from assay.merging import decisions, lock, sources
from assay.merging.conflicts import generated, require_staged, within
from assay.merging.only_in_params import Side, require_said_in_conf

RAN = re.compile(r"^Running stage '(.+)'", re.M)


@dataclass(frozen=True)
class Settled:
    """The stages that ran, and those whose results were known."""

    ran: list[str]
    taken: list[str]

    def __str__(self) -> str:
        return f"{len(self.ran)} stage(s) ran{_named(self.ran)}, {len(self.taken)} had their results already"


def settle(root: Path, commits: Sequence[str], sides: Sequence[Side], command: str, *, conf: bool = False) -> Settled:
    """Make the workspace true, and stage it. Nothing may be unmerged.

    `commits`: their results, and those of their history, are taken over. `sides`: their decisions must not be lost,
    unless `conf` says that conf/ stands. `command`: what to type to go on. AssayError if a file that people write
    differs from the index, conf/ does not compose, or the line fails. It can then be called again.
    """
    made = generated(root, commits)
    require_staged(root, made)
    decisions.put_mains_first(root, commits)
    _compose(root, [] if conf else sides, command)
    graph = nodes((root / DVC_YAML).read_text(encoding="utf-8"))
    made = {*_drop_what_is_made_no_more(root, made, graph), LOCK, PARAMS}
    _take_over(root, graph, commits)
    ran = _run(graph, command)
    git(root, "add", "--all", "--", *sorted(path for path in made if _known(root, path)))
    require_staged(root, [])
    return ran


def unsettled(root: Path) -> list[str]:
    """The changes by a run of this tree, in words. Nothing is run or written, and only files in git are read."""
    found = [f"{PARAMS} is not what conf/ composes to"] if difference(composed()) else []
    graph = nodes((root / DVC_YAML).read_text(encoding="utf-8"))
    here = sources.Left(root)
    if not here.lock:
        return [*found, f"{LOCK} is missing or damaged"]
    chosen = lock.choose(graph, [here], _hashes(root), _values(root))
    stale = [node.name for node in graph if node.name not in chosen or not chosen[node.name].known]
    return [*found, *(f"{LOCK} or reports are not of this tree: stage {name}" for name in stale)]


def _compose(root: Path, sides: Sequence[Side], command: str) -> None:
    try:
        text = composed()
    except AssayError as error:
        raise AssayError(error.what, where=error.where, todo=f"mend conf/, git add it, then: {command}") from error
    for side in sides:
        require_said_in_conf(root, side, sources.mapping(text.encode()), command)
    write_text(root / PARAMS, text)


def _take_over(root: Path, graph: Sequence[Node], commits: Sequence[str]) -> None:
    """Write a dvc.lock of known results, and check out the files that it names."""
    known = sources.of(root, commits)
    chosen = lock.choose(graph, known, _hashes(root), _values(root))
    content = lock.composed(graph, known, chosen)
    write_text(root / LOCK, as_text(content))
    for node in graph:
        if node.name in chosen:
            for path in node.in_git:
                chosen[node.name].source.place(path)
    options = ("--allow-missing", "--force")
    if not (default_remote() and dvc("pull", *options)[0] == 0):
        dvc("checkout", *options)  # the run makes what is not there


def _run(graph: Sequence[Node], command: str) -> Settled:
    code, said = dvc("repro")
    if code:
        raise AssayError(
            f"the line does not run: {reason(said)}",
            todo=f"mend it, git add that, then: {command}",
        )
    ran = RAN.findall(said)
    return Settled(ran, [node.name for node in graph if node.name not in ran])


def _drop_what_is_made_no_more(root: Path, made: set[str], graph: Sequence[Node]) -> set[str]:
    """Remove files that a side's graph makes and the merged graph does not; returns the outputs of the merged one."""
    current = {out for node in graph for out in node.in_git}
    for path in sorted(made - current - {LOCK, PARAMS}):
        if not within(path, current):
            git(root, "rm", "-r", "--quiet", "--force", "--ignore-unmatch", "--", path)
    return current


def _known(root: Path, path: str) -> bool:
    """Whether there is something to stage: the path exists, or git has it."""
    return (root / path).exists() or bool(git(root, "ls-files", "--", path))


def _hashes(root: Path) -> Callable[[str], str]:
    """A function from a path here to its hash, as in dvc.lock; "" if it does not exist."""

    @cache
    def there(path: str) -> str:
        return md5(root / path) if (root / path).exists() else ""

    return there


def _values(root: Path) -> Callable[[str, str], Any]:
    """A function from a file of params and a dotted key to the value; None if there is none."""

    @cache
    def content(file: str) -> dict[str, Any]:
        return sources.mapping((root / file).read_bytes()) if (root / file).exists() else {}

    def value(file: str, key: str) -> Any:
        found: Any = content(file)
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    return value


def _named(stages: Sequence[str]) -> str:
    return f" ({', '.join(stages)})" if stages else ""
