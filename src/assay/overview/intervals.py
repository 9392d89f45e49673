"""Intervals of figures out of fold, from predictions in DVC's cache. Each is computed once, and kept in .assay/."""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.dvc_internals.objects import listed, read_object
from assay.dvc_internals.repository import cache_folder
from assay.files import FIGURES_KEPT, write_text
from assay.git import objects
from assay.lineage.graph import LOCK
from assay.overview.rows import WORKSPACE, Figures, Interval, Row
from assay.paths import MODEL_KEY, PREDICTIONS, SCORE
from assay.sweep.log import DONE

if TYPE_CHECKING:
    from assay.statistics.resampled import Scored

CACHE = Path(".assay/intervals.json")  # by revision, and by metric
FOLDER = re.compile(rf"- path: {PREDICTIONS}/?\n\s+hash: md5\n\s+md5: ([0-9a-f]{{32}}\.dir)\n".encode())
SCORES, THRESHOLDS = "out_of_fold.parquet", "thresholds.json"
ROUNDING = 1e-5  # between a figure in a report and the same from predictions, both of six decimals
PRICE = "evaluation.threshold_probability"
UNREADABLE = (OSError, ValueError, KeyError, TypeError)  # what is not in the cache, or not of this form
Intervals = Mapping[str, Interval]


def with_intervals(rows: Sequence[Row], metrics: Sequence[str], compute: bool = True) -> list[Row]:
    """The rows, those that are done with 95 % intervals of these metrics, as far as the cache has their predictions.

    They are those of a sweep's summary, from the same resamples. The first time takes about 50 ms for each row; without
    `compute`, rows get what is kept.
    """
    kept, keys = _kept(), [_key(row) for row in rows]
    lacking = {
        key: row for row, key in zip(rows, keys, strict=True) if key and not kept.get(key, {}).keys() >= {*metrics}
    }
    if compute and (found := _computed(lacking, metrics)):
        kept |= {key: {**kept.get(key, {}), **one} for key, one in found.items()}
        write_text(CACHE, json.dumps(kept, indent=0) + "\n")
    return [_with(row, kept.get(key, {})) for row, key in zip(rows, keys, strict=True)]


def _key(row: Row) -> str:
    """The key of intervals that never change: of a revision that is done and has figures; "" for any other."""
    if row.state != DONE or not row.figures.values:
        return ""
    return row.sha or hashlib.sha256(_lock_here()).hexdigest()


def _lock_here() -> bytes:
    return Path(LOCK).read_bytes() if Path(LOCK).is_file() else b""


def _with(row: Row, intervals: Mapping[str, Sequence[float]]) -> Row:
    """The row with the intervals that are defined."""
    known = {name: (low, high) for name, (low, high) in intervals.items() if low == low and high == high}
    return replace(row, figures=Figures(row.figures.values, known)) if known else row


def _kept() -> dict[str, dict[str, Any]]:
    with suppress(*UNREADABLE):
        return dict(json.loads(CACHE.read_text(encoding="utf-8")))
    return {}


def _computed(rows: Mapping[str, Row], metrics: Sequence[str]) -> dict[str, Intervals]:
    """The intervals of each row by its key; none where the cache does not have its predictions."""
    if not rows:
        return {}
    cache = cache_folder()
    recorded = objects(Path(), [f"{row.sha}:{LOCK}" for row in rows.values() if row.kind != WORKSPACE])
    locks = iter(recorded)
    found = {}
    for key, row in rows.items():
        lock = _lock_here() if row.kind == WORKSPACE else next(locks)
        with suppress(*UNREADABLE):
            found[key] = intervals(
                scored(lock or b"", cache), metrics, float(row.params.get(PRICE, "nan")), row.figures.values
            )
    return found


def scored(lock: bytes, cache: Path) -> "Scored":
    """The records of train and validation with their scores out of fold, of a dvc.lock; raises one of `UNREADABLE`."""
    import pandas as pd

    from assay.evaluation.assess import scored_by
    from assay.experiments.former_names import named_as_now

    folder = FOLDER.search(lock)
    if folder is None:
        raise KeyError(str(PREDICTIONS))
    files = listed(cache, folder[1].decode())
    threshold = json.loads(read_object(cache, files[THRESHOLDS]))[MODEL_KEY]["value"]
    parts = [files[name] for name in sorted(files) if name == SCORES or name.startswith(f"{SCORES}/")]
    table = pd.concat([pd.read_parquet(BytesIO(read_object(cache, part))) for part in parts], ignore_index=True)
    return scored_by(named_as_now(table, PREDICTIONS / SCORES), SCORE, float(threshold))


def intervals(
    scored: "Scored", metrics: Sequence[str], threshold_probability: float, figures: Mapping[str, float]
) -> Intervals:
    """The interval of each metric; (NaN, NaN) where it is undefined, or where the figure is not of these records."""
    from assay.statistics.bootstrap import Resamples, estimate
    from assay.statistics.metrics import METRICS, measure
    from assay.sweep.selection import CONFIDENCE, RESAMPLES, SEED

    chosen = [METRICS[name] for name in metrics]
    measured = partial(measure, threshold_probability=threshold_probability, metrics=chosen)
    found = estimate(scored, Resamples(len(scored.y), RESAMPLES, SEED), measured)
    undefined = (math.nan, math.nan)
    same = {name: abs(one.value - figures.get(name, math.nan)) <= ROUNDING for name, one in found.items()}
    return {name: _rounded(one.interval(CONFIDENCE)) if same[name] else undefined for name, one in found.items()}


def _rounded(interval: Interval) -> Interval:
    low, high = interval
    return round(low, FIGURES_KEPT), round(high, FIGURES_KEPT)
