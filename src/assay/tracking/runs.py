"""A revision as a run of MLflow: parameters, metrics with intervals, and the hashes of its outputs."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.experiments.parameters import typed
from assay.files import yaml_mapping
from assay.git import objects
from assay.lineage import lock
from assay.lineage.graph import LOCK
from assay.overview.columns import TEST
from assay.overview.rows import WORKSPACE, Figures, Row
from assay.sweep.log import DONE
from assay.text import visible

COMMIT, NAMES, KIND, BASE, CHANGED = (f"assay.{one}" for one in ("commit", "names", "kind", "base", "changed"))
OUTPUT = "assay.md5."  # before the path of an output
LOW, HIGH = "_low", "_high"
# What MLflow takes (mlflow.utils.validation): other letters of a name, lengths of a name, a parameter and a tag.
OTHER, LONGEST_NAME, LONGEST_PARAM, LONGEST_TAG = re.compile(r"[^\w./ -]", re.ASCII), 250, 6000, 8000


@dataclass(frozen=True)
class Run:
    """A run as MLflow keeps it. start, end: in milliseconds since 1970, the same where nobody knows what it took."""

    name: str
    commit: str
    start: int
    end: int
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    locked: bytes | None = None

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The MD5 of each output of its stages, as tags, from its dvc.lock; none if that is missing or damaged."""
        try:
            stages = yaml_mapping(self.locked or b"").get("stages") or {}
            found = {path: md5 for entry in stages.values() for path, md5 in lock.recorded(entry, "outs").items()}
        except (ValueError, AttributeError, TypeError, KeyError):
            found = {}
        return _fitting({f"{OUTPUT}{path}": md5 for path, md5 in found.items()}, lambda md5: _text(md5, LONGEST_TAG))


def runs(rows: Iterable[Row]) -> list[Run]:
    """A run for each commit that has results: a branch, a tag, an experiment. Other rows are not done, or no commit."""
    by_commit: dict[str, list[Row]] = {}
    for row in rows:
        if row.state == DONE and row.kind != WORKSPACE and row.sha and row.figures.values:
            by_commit.setdefault(row.sha, []).append(row)
    locks = objects(Path(), [f"{commit}:{LOCK}" for commit in by_commit])
    return [_run(named, text) for named, text in zip(by_commit.values(), locks, strict=True)]


def _run(rows: Sequence[Row], locked: bytes | None) -> Run:
    row = rows[0]
    end = int(row.time.timestamp() * 1000) if row.time else 0
    tags = {
        COMMIT: row.sha,
        "mlflow.source.git.commit": row.sha,
        NAMES: ", ".join(one.name for one in rows),
        KIND: row.kind,
        BASE: row.base,
        CHANGED: " ".join(row.changed),
    }
    return Run(
        name=_text(row.name, LONGEST_NAME),
        commit=row.sha,
        start=end - int(1000 * (row.seconds or 0)),
        end=end,
        tags=_fitting(tags, lambda value: _text(value, LONGEST_TAG)),
        params=_fitting(row.params, lambda value: _text(typed(value), LONGEST_PARAM)),
        metrics={**_metrics(row.figures, ""), **_metrics(row.test, TEST)},
        locked=locked,
    )


def _metrics(figures: Figures, prefix: str) -> dict[str, float]:
    """The values by name, and the ends of their intervals; undefined ones are left out."""
    found = dict(figures.values)
    for name, (low, high) in figures.intervals.items():
        found |= {f"{name}{LOW}": low, f"{name}{HIGH}": high}
    return {_key(f"{prefix}{name}"): float(value) for name, value in found.items() if value == value}


def _fitting(values: Mapping[str, Any], text: Callable[[Any], str]) -> dict[str, str]:
    """The values under names that MLflow takes; of two that become the same name, the second one gets a number."""
    found: dict[str, str] = {}
    for key, value in values.items():
        name, number = _key(key), 1
        while name in found:
            number += 1
            name = f"{_key(key)[: LONGEST_NAME - 9]} {number}"
        found[name] = text(value)
    return found


def _key(name: str) -> str:
    return OTHER.sub("_", name)[:LONGEST_NAME]


def _text(value: str, longest: int) -> str:
    return visible(value)[:longest]
