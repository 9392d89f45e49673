"""The contents of many commits, read by one process of git."""

import json
import math
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assay.experiments.parameters import read
from assay.experiments.refs import OUT_OF_FOLD
from assay.git import objects
from assay.lineage.graph import PARAMS
from assay.overview.rows import Figures, Interval
from assay.paths import REPORTS
from assay.text import visible

METRICS, INTERVALS = REPORTS / "metrics.json", REPORTS / "intervals.json"  # of the test fold
FILES = (PARAMS, str(OUT_OF_FOLD), str(METRICS), str(INTERVALS))
COMMITTED = re.compile(rb"^committer .*> (\d{1,11}) [+-]\d{4}$", re.MULTILINE)
ABSENT = "there is none"


@dataclass(frozen=True)
class Content:
    """The content of a commit, or of the workspace. faults: file to the reason why it cannot be read.

    params: None if they cannot be read.
    """

    time: datetime | None = None
    subject: str = ""
    params: Mapping[str, Any] | None = None
    figures: Figures = field(default_factory=Figures)
    test: Figures = field(default_factory=Figures)
    faults: Mapping[str, str] = field(default_factory=dict)


def contents(root: Path, commits: Collection[str]) -> dict[str, Content]:
    """The content of each commit, by its hash; a commit that git does not have is left out."""
    names = [name for commit in commits for name in (commit, *(f"{commit}:{path}" for path in FILES))]
    said, width = objects(root, names), 1 + len(FILES)
    found = {}
    for number, commit in enumerate(commits):
        about, *files = said[number * width : (number + 1) * width]
        if about is not None:
            found[commit] = content(dict(zip(FILES, files, strict=True)), about)
    return found


def workspace(root: Path) -> Content:
    """The content of the workspace."""
    return content({path: _bytes(root / path) for path in FILES})


def content(files: Mapping[str, bytes | None], about: bytes = b"") -> Content:
    """From the bytes of its files, None for one that there is not, and from the commit as git has it."""
    faults: dict[str, str] = {}
    header, _, message = about.partition(b"\n\n")
    values, test, intervals = (_figures(files, str(path), faults) for path in (OUT_OF_FOLD, METRICS, INTERVALS))
    return Content(
        time=_time(header),
        subject=message.decode(errors="replace").strip().partition("\n")[0],
        params=_params(files, faults),
        figures=Figures(numbers(values)),
        test=Figures(numbers(test), pairs(intervals)),
        faults=faults,
    )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _time(header: bytes) -> datetime | None:
    found = COMMITTED.search(header)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _params(files: Mapping[str, bytes | None], faults: dict[str, str]) -> Mapping[str, Any] | None:
    text = files[PARAMS]
    try:
        return None if text is None else read(text.decode())
    except ValueError as error:  # of YAML or UTF-8
        faults[PARAMS] = str(error)
        return None


def _figures(files: Mapping[str, bytes | None], path: str, faults: dict[str, str]) -> dict[str, Any]:
    text = files[path]
    try:
        found = {} if text is None else json.loads(text)
    except (ValueError, RecursionError) as error:
        found, faults[path] = {}, str(error)
    if not isinstance(found, dict):
        found, faults[path] = {}, "not a JSON object"
    return found


def numbers(found: Mapping[str, Any]) -> dict[str, float]:
    """The numbers, under names that can be shown; null, as an undefined figure is written, is NaN."""
    defined = {visible(name): math.nan if value is None else value for name, value in found.items()}
    return {name: value for name, value in defined.items() if _is_number(value)}


def pairs(found: Mapping[str, Any]) -> dict[str, Interval]:
    """The intervals: pairs of numbers."""
    both = ((name, value) for name, value in found.items() if isinstance(value, list) and len(value) == 2)
    return {name: (value[0], value[1]) for name, value in both if all(map(_is_number, value))}


def _is_number(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= sys.float_info.max  # JSON has whole numbers of any length
    return isinstance(value, float)
