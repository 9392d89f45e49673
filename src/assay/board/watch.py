"""Watch: what is in use over time. The replay's months, the last page of the monitor, the log of predictions."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assay.files import read_json
from assay.paths import MONITOR_PAGE, REPLAY, REPLAY_BY_MONTH
from assay.presentation import words
from assay.statistics.metrics import METRICS, RANKED_BY

PREDICTIONS = Path(".assay/predictions")  # where `assay serve` keeps its log, unless it is told otherwise
YES = ("1", "True")
FIGURES = (RANKED_BY, "recall", "precision", "alerts_per_1000")
LEFT, RIGHT, TOP, BOTTOM, WIDTH, HEIGHT = 46, 34, 14, 36, 860, 260


@dataclass(frozen=True)
class Policy:
    """When to train again, and what that would have given: figures with intervals, and months with a new model."""

    name: str
    figures: list[str]
    retrained: int
    promoted: int


@dataclass(frozen=True)
class Months:
    """A line for each policy over the months: its points "x,y x,y", and where it retrained (x, y, month)."""

    labels: list[tuple[str, float]]
    levels: list[tuple[str, float]]
    lines: list[tuple[str, str, list[tuple[float, float, str]]]]


def shown(root: Path) -> dict[str, Any]:
    """The facts for the view, from the workspace."""
    replay = read_json(root / REPLAY) if (root / REPLAY).exists() else {}
    monitor = root / MONITOR_PAGE
    return {
        "policies": _policies(replay),
        "titles": [METRICS[name].title for name in FIGURES],
        "months": _months(root / REPLAY_BY_MONTH, list(replay.get("policies", {}))),
        "ranked_by": METRICS[RANKED_BY].title,
        "monitored": _time(monitor.stat().st_mtime) if monitor.exists() else "",
        "logs": sorted((path.name, path.stat().st_size) for path in (root / PREDICTIONS).glob("*.jsonl*")),
    }


def _policies(replay: dict[str, Any]) -> list[Policy]:
    return [
        Policy(name, [words.stated(one[metric], metric) for metric in FIGURES], one["retrainings"], one["promoted"])
        for name, one in replay.get("policies", {}).items()
    ]


def _months(path: Path, policies: list[str]) -> Months | None:
    """The months' average precision by policy; None where there are none."""
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8")))) if path.exists() else []
    known = [name for name in policies if rows and f"{name}_{RANKED_BY}" in rows[0]]
    if len(rows) < 2 or not known:
        return None
    step = (WIDTH - LEFT - RIGHT) / (len(rows) - 1)
    values = [float(row[f"{name}_{RANKED_BY}"]) for row in rows for name in known if row[f"{name}_{RANKED_BY}"]]
    low = min([*values, 0.9]) // 0.1 / 10  # a tenth below the lowest

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (1 - low) * (HEIGHT - BOTTOM - TOP)

    lines = []
    for name in known:
        points, retrained = [], []
        for n, row in enumerate(rows):
            x = LEFT + n * step
            if row[f"{name}_{RANKED_BY}"]:  # a month without positives has none
                points.append((x, y(float(row[f"{name}_{RANKED_BY}"]))))
            if row.get(f"{name}_retrained") in YES:
                retrained.append((x, points[-1][1] if points else y(low), row["month"]))
        lines.append((name, " ".join(f"{x:.1f},{height:.1f}" for x, height in points), retrained))
    labels = [(row["month"], LEFT + n * step) for n, row in enumerate(rows) if n % max(1, len(rows) // 8) == 0]
    levels = [(f"{low + (1 - low) * n / 4:.2f}", y(low + (1 - low) * n / 4)) for n in range(5)]
    return Months(labels, levels, lines)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
