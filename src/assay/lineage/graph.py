"""The graph as dvc.yaml declares it: what each stage depends on, and which stage makes a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from assay.files import read_yaml

DVC_YAML = Path("dvc.yaml")


@dataclass(frozen=True)
class Node:
    """A stage: the paths of its dependencies and outputs, and the keys of params.yaml that it reads."""

    deps: tuple[str, ...]
    outs: tuple[str, ...]
    params: tuple[str, ...]


class Graph:
    """The stages of dvc.yaml by name."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes

    def maker(self, path: str) -> str | None:
        """The stage that makes a file, or the folder that it is in; None for what people write."""
        above = (str(part) for part in (PurePosixPath(path), *PurePosixPath(path).parents))
        return next((self._makers[part] for part in above if part in self._makers), None)

    def ancestors(self, stage: str) -> list[str]:
        """Every stage on whose outputs this one depends, directly or not, by name."""
        found: set[str] = set()
        waiting = {stage}
        while waiting:
            makers = {self.maker(dep) for name in waiting for dep in self.nodes[name].deps}
            waiting = {name for name in makers if name} - found
            found |= waiting
        return sorted(found)

    @cached_property
    def _makers(self) -> dict[str, str]:
        return {out: name for name, node in self.nodes.items() for out in node.outs}


def graph(path: Path = DVC_YAML) -> Graph:
    """The graph of a dvc.yaml; AssayError if it is missing or no YAML."""
    stages = read_yaml(path).get("stages", {})
    return Graph({name: _node(stage) for name, stage in stages.items() if isinstance(stage, dict)})


def _node(stage: Mapping[str, Any]) -> Node:
    outs = [out for kind in ("outs", "metrics", "plots") for out in _names(stage.get(kind, []))]
    return Node(tuple(_names(stage.get("deps", []))), tuple(outs), tuple(_names(stage.get("params", []))))


def _names(entries: list[Any]) -> list[str]:
    """The paths or keys of entries, of which some have options (`path: {cache: false}`)."""
    return [str(next(iter(entry)) if isinstance(entry, dict) else entry) for entry in entries]
