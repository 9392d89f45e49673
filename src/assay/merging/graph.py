"""The graph as dvc.yaml declares it: what each stage needs, and what it makes."""

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

import yaml

from assay.errors import AssayError

DVC_YAML, LOCK, PARAMS = "dvc.yaml", "dvc.lock", "params.yaml"


@dataclass(frozen=True)
class Node:
    """A stage. `params`: file to keys. `in_git`: those of its `outs` that git keeps (`cache: false`)."""

    name: str
    cmd: Any
    deps: frozenset[str]
    params: dict[str, frozenset[str]]
    outs: frozenset[str]
    in_git: frozenset[str]


def nodes(text: str) -> list[Node]:
    """The stages of a dvc.yaml, each after those that it needs; AssayError if it cannot be read."""
    try:
        stages = (yaml.safe_load(text) or {}).get("stages") or {}
        found = {name: _node(name, stage) for name, stage in stages.items()}
        needs = {one.name: _makers(one, found.values()) for one in found.values()}
        return [found[name] for name in TopologicalSorter(needs).static_order()]
    except (yaml.YAMLError, AttributeError, TypeError, CycleError) as error:
        raise AssayError(f"not a graph of stages: {error}", where=DVC_YAML, todo="correct it") from error


def touches(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies in the other."""
    first, second = PurePosixPath(one), PurePosixPath(other)
    return first.is_relative_to(second) or second.is_relative_to(first)


def _makers(node: Node, others: Any) -> set[str]:
    return {
        other.name
        for other in others
        if other is not node and any(touches(dep, out) for dep in node.deps for out in other.outs)
    }


def _node(name: str, stage: dict[str, Any]) -> Node:
    outs = dict(_outs(stage))
    return Node(
        name=name,
        cmd=stage.get("cmd"),
        deps=frozenset(map(str, stage.get("deps", []))),
        params=_params(stage.get("params", [])),
        outs=frozenset(outs),
        in_git=frozenset(path for path, cached in outs.items() if not cached),
    )


def _outs(stage: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Path of each output, and whether DVC's cache has it."""
    for kind in ("outs", "metrics", "plots"):
        for out in stage.get(kind, []):
            for path, options in out.items() if isinstance(out, dict) else [(str(out), {})]:
                yield str(path), (options or {}).get("cache", True)


def _params(declared: list[Any]) -> dict[str, frozenset[str]]:
    keys: dict[str, set[str]] = {}
    for one in declared:
        for file, names in one.items() if isinstance(one, dict) else [(PARAMS, [one])]:
            keys.setdefault(str(file), set()).update(map(str, names or []))
    return {file: frozenset(names) for file, names in keys.items()}
