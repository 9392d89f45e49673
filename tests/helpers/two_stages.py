"""A line of two stages: `make` turns source.txt into data/one.txt, `use` turns that into the folder data/two."""

from collections.abc import Callable
from typing import Any

DVC_YAML = """
stages:
  make:
    cmd: make it
    deps: [source.txt]
    params: [a.b]
    outs: [data/lineage/make.json, data/one.txt]
  use:
    cmd: use it
    deps: [data/one.txt]
    params: [c]
    outs:
    - data/lineage/use.json
    - data/two: {persist: true}
    metrics:
    - report.json: {cache: false}
"""
PARAMS: dict[str, Any] = {"a": {"b": 1, "other": 2}, "c": [1.5, "x"]}
Stage = Callable[..., None]
