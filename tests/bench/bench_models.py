"""The line's model beside other libraries, on the same records: make bench-models.

All learn from the tables of train and validation, and are measured on the graded records of the test fold, by the same
bootstrap resamples. Our scores are those that the line has written; its model is trained again only to measure seconds
and memory. Each model runs in a process of its own, the peers in an environment of their own
(requirements-peers.txt), so that nothing but their time and their labels is shared. It needs the files of the
line: dvc repro, or dvc checkout.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from assay.config.load import load
from assay.engine.evaluate import in_batches, read_test, thresholds
from assay.errors import AssayError
from assay.evaluation.assess import scored_by
from assay.paths import FEATURES, MODEL_KEY, PREDICTIONS, SCORE, SPLIT, fold
from assay.records.batches import names_of
from assay.records.columns import RECORD_ID, WEIGHT
from assay.records.folds import TEST
from assay.statistics.bootstrap import Estimate, Resamples, estimate_one
from assay.statistics.metrics import METRICS, RANKED_BY
from assay.statistics.resampled import Scored
from assay.tables import read_table
from peers import OURS, PEERS

CHILD = Path(__file__).with_name("peers.py")
SLACK = 900  # seconds beyond its budget after which a peer is ended
HEAD = (
    "model",
    "average precision",
    "less ours",
    "recall at as many alerts",
    "alerts at the floor",
    "fit",
    "process",
    "peak",
)


@dataclass(frozen=True)
class Ran:
    """What a contestant's process has left: scores by record id, seconds of the fit and of the process, and MiB."""

    scores: pd.Series
    fit: float
    process: float
    peak_mib: float


@dataclass(frozen=True)
class Row:
    """A contestant's figures on the test fold. less_ours: None for ours. alerts: as many as ours, or fewer at a tie."""

    name: str
    average_precision: Estimate
    less_ours: Estimate | None
    recall: Estimate
    alerts: int
    alerts_at_floor: int
    ran: Ran


def threshold_of(score: np.ndarray, alerts: int) -> float:
    """The lowest threshold with at most so many alerts.

    >>> threshold_of(np.array([0.9, 0.5, 0.5, 0.1]), 3), threshold_of(np.array([0.9, 0.5, 0.5, 0.1]), 2)
    (0.5, 0.9)
    """
    values = np.unique(score)[::-1]
    allowed = [value for value in values if (score >= value).sum() <= alerts]
    return float(allowed[-1]) if allowed else float("inf")


def alerts_at(y: np.ndarray, score: np.ndarray, recall: float) -> int:
    """The fewest alerts that have at least this recall.

    >>> alerts_at(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.2, 0.1]), recall=0.9)
    3
    """
    positives = np.sort(score[y == 1])[::-1]
    needed = int(np.ceil(round(recall * len(positives), 9)))
    return int((score >= positives[max(needed, 1) - 1]).sum())


def row(name: str, test: Scored, ours: Scored, floor: float, drawn: Resamples, ran: Ran) -> Row:
    """The figures of one contestant; `ours`: the line's model on the same records, with its threshold in use."""
    ranked, recall = METRICS[RANKED_BY].function, METRICS["recall"].function
    at = threshold_of(test.score, int(ours.alert.sum()))
    same_alerts = Scored(test.y, test.score, at)
    own = estimate_one(test, drawn, ranked)
    return Row(
        name,
        own,
        own.minus(estimate_one(ours, drawn, ranked)) if name != OURS else None,
        estimate_one(same_alerts, drawn, recall),
        int(same_alerts.alert.sum()),
        alerts_at(test.y, test.score, floor),
        ran,
    )


def line(one: Row, confidence: float) -> str:
    """A row of the table."""
    less = "" if one.less_ours is None else _signed(one.less_ours, confidence)
    cells = (
        one.name,
        _plain(one.average_precision, confidence),
        less,
        f"{_plain(one.recall, confidence)}, {one.alerts} alerts",
        f"{one.alerts_at_floor}",
        f"{one.ran.fit:.1f} s",
        f"{one.ran.process:.1f} s",
        f"{one.ran.peak_mib:.0f} MiB",
    )
    return f"| {' | '.join(cells)} |"


def _plain(one: Estimate, confidence: float) -> str:
    low, high = one.interval(confidence)
    return f"{one.value:.3f} [{low:.3f}, {high:.3f}]"


def _signed(one: Estimate, confidence: float) -> str:
    low, high = one.interval(confidence)
    return f"{one.value:+.3f} [{low:+.3f}, {high:+.3f}]"


def run(name: str, python: str, root: Path, budget: int) -> Ran:
    """Train a contestant in a process of its own; AssayError with its last words if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [python, str(CHILD), name, str(root), str(budget), str(result)]
        environment = {key: value for key, value in os.environ.items() if name == OURS or key != "PYTHONPATH"}
        start = time.perf_counter()
        try:
            subprocess.run(
                command, cwd=folder, env=environment, check=True, capture_output=True, text=True, timeout=budget + SLACK
            )
        except subprocess.CalledProcessError as error:
            raise AssayError(f"{name} failed: {(error.stderr.strip() or 'without a word').splitlines()[-1]}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AssayError(f"{name} failed: {error}") from error
        process = time.perf_counter() - start
        found = json.loads(result.read_text())
    ids = read_table(fold(FEATURES, TEST), [RECORD_ID])[RECORD_ID]
    return Ran(pd.Series(found["scores"], index=ids), found["seconds"], process, found["peak_mib"])


def python_of(name: str) -> str:
    """The absolute path of a Python, whatever folder it is then run in; AssayError if there is none."""
    if not (found := shutil.which(name)):
        raise AssayError(f"there is no Python {name}", where="--peers", todo="make bench-models makes the environment")
    return str(Path(found).absolute())  # not resolved: a link into an environment is that environment


def require_the_same(trained: pd.Series, written: pd.DataFrame) -> None:
    """AssayError unless the model that was trained now has the scores that the line has written."""
    if not trained.equals(written.set_index(RECORD_ID)[SCORE].loc[trained.index].rename(None)):
        raise AssayError(
            "the line's model was trained anew and has other scores than the line wrote",
            where=str(PREDICTIONS / "test.parquet"),
            todo="dvc repro, then run it again",
        )


def main() -> None:
    """Print the table, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description="The line's model beside LightGBM, CatBoost, FLAML, AutoGluon, ...")
    parser.add_argument(
        "--peers", default=sys.executable, help="the Python that has tests/bench/requirements-peers.txt"
    )
    parser.add_argument("--budget", type=int, default=60, help="seconds that FLAML and AutoGluon each may search")
    parser.add_argument("--only", nargs="*", default=list(PEERS), choices=list(PEERS), help="these peers")
    options = parser.parse_args()
    root, config, python = Path.cwd(), load(), python_of(options.peers)
    evaluation, floor = config.evaluation, config.criteria.min_recall
    cut = thresholds()[MODEL_KEY]
    test = pd.concat(in_batches(read_test([MODEL_KEY])))
    graded = test[test["excluded"] == ""]
    ours = scored_by(graded, SCORE, cut)
    if WEIGHT in names_of(fold(SPLIT, TEST)):
        raise AssayError("the records are a weighted sample, which the peers are not told", todo="dataset.sample=null")
    drawn = Resamples(len(graded), evaluation.resamples, evaluation.seed)
    print(
        f"{len(graded)} test records, {int(ours.y.sum())} positives; our threshold alerts on {int(ours.alert.sum())}, "
    )
    print(f"{METRICS['alerts_per_1000'].of(ours):.1f} of 1000; the floor is a recall of {floor:g}; ", end="")
    print(f"FLAML and AutoGluon have {options.budget} s each\n")
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    for name in (OURS, *options.only):
        try:
            ran = run(name, sys.executable if name == OURS else python, root, options.budget)
        except AssayError as error:
            print(f"| {name} | left out: {error.what} |", flush=True)
            continue
        if name == OURS:
            require_the_same(ran.scores, test)
        scores = ran.scores.loc[graded[RECORD_ID]].to_numpy()
        print(line(row(name, Scored(ours.y, scores, 0.5), ours, floor, drawn, ran), evaluation.confidence), flush=True)


if __name__ == "__main__":
    main()
