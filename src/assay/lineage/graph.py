"""The graph that dvc.yaml declares: inputs and outputs of each stage, and which stage makes a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import Any

from assay.errors import AssayError
from assay.files import read_text, yaml_mapping

DVC_YAML, LOCK, PARAMS = "dvc.yaml", "dvc.lock", "params.yaml"
REPLAY_YAML = "replay/dvc.yaml"  # of a stage beside the line


@dataclass(frozen=True)
class Node:
    """A stage. `params`: file to keys, none for all. `in_git`: those of its `outs` that git keeps (`cache: false`).

    `frozen`: whether DVC never runs it, however old its inputs.
    """

    name: str
    cmd: Any
    deps: frozenset[str]
    params: dict[str, frozenset[str]]
    outs: frozenset[str]
    in_git: frozenset[str]
    frozen: bool = False

    @property
    def keys(self) -> list[str] | None:
        """The keys of params.yaml that it reads; None for all of them."""
        keys = self.params.get(PARAMS, frozenset())
        return None if PARAMS in self.params and not keys else sorted(keys)


class Graph:
    """The stages of a dvc.yaml by name, each after those that it needs."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes

    def maker(self, path: str) -> str | None:
        """The stage that makes a file or a folder around it; None if no stage does."""
        above = (str(part) for part in (PurePosixPath(path), *PurePosixPath(path).parents))
        return next((self._makers[part] for part in above if part in self._makers), None)

    def ancestors(self, stage: str) -> list[str]:
        """The stages on whose outputs this one depends, directly or not, by name; none beyond a frozen one."""
        found: set[str] = set()
        waiting = {stage}
        while waiting:
            thawed = (self.nodes[name] for name in waiting if not self.nodes[name].frozen)
            needed = {one for node in thawed for one in needs(node, self.nodes)}
            waiting = needed - found
            found |= waiting
        return sorted(found)

    @cached_property
    def _makers(self) -> dict[str, str]:
        return {out: name for name, node in self.nodes.items() for out in node.outs}


def graph(path: Path = Path(DVC_YAML)) -> Graph:
    """The graph of a dvc.yaml; AssayError if the file is missing or cannot be read."""
    return Graph({node.name: node for node in nodes(read_text(path))})


def nodes(text: str) -> list[Node]:
    """The stages of a dvc.yaml, each after those that it needs; AssayError if it cannot be read."""
    try:
        stages = yaml_mapping(text).get("stages") or {}
        found = {name: _node(name, stage) for name, stage in stages.items()}
        order = TopologicalSorter({one.name: needs(one, found) for one in found.values()})
        return [found[name] for name in order.static_order()]
    except (ValueError, AttributeError, TypeError) as error:  # of YAML, of its form, or of a cycle
        raise AssayError(f"not a graph of stages: {error}", where=DVC_YAML, todo="correct it") from error


def touches(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies in the other."""
    first, second = _parts(one), _parts(other)
    return first[: len(second)] == second[: len(first)]


@cache  # every stage compares each dependency with each output: thousands of pairs of a few hundred paths
def _parts(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parts


def needs(node: Node, others: Mapping[str, Node]) -> set[str]:
    """The stages that make what a stage depends on."""
    return {
        name
        for name, other in others.items()
        if other is not node and any(touches(dep, out) for dep in node.deps for out in other.outs)
    }


def _node(name: str, stage: dict[str, Any]) -> Node:
    outs = dict(_outs(stage))
    return Node(
        name=name,
        cmd=stage.get("cmd"),
        deps=frozenset(as_path(dep) for dep in stage.get("deps") or []),
        params=_params(stage.get("params") or []),
        outs=frozenset(outs),
        in_git=frozenset(path for path, cached in outs.items() if not cached),
        frozen=bool(stage.get("frozen")),
    )


def as_path(declared: object) -> str:
    """A path in the form for comparison: DVC keeps `./data` and `data/` as they were typed, in dvc.lock too."""
    return PurePosixPath(str(declared)).as_posix()


def _outs(stage: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Path of each output, and whether DVC's cache has it."""
    for kind in ("outs", "metrics", "plots"):
        for out in stage.get(kind) or []:
            for path, options in out.items() if isinstance(out, dict) else [(str(out), {})]:
                yield as_path(path), (options or {}).get("cache", True)


def _params(declared: list[Any]) -> dict[str, frozenset[str]]:
    keys: dict[str, set[str]] = {}
    for one in declared:
        for file, names in one.items() if isinstance(one, dict) else [(PARAMS, [one])]:
            keys.setdefault(str(file), set()).update(map(str, names or []))
    return {file: frozenset(names) for file, names in keys.items()}
