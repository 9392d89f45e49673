"""What a request costs over HTTP, beside the same record in one process: python tests/bench serve [--seconds 60]

One worker has one core, the load has another. Everything is measured in one run, so that the ratios mean something on a
busy machine too. Records are those of data/raw, in turn, without the columns that a request may lack (the target, which
nobody knows yet, and those that only check others); one line says what these cost. Reasons for alerts only, as by
default; with a prediction log.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import uvloop

from assay.bundle.loading import Bundle, load
from assay.bundle.scoring import score
from assay.preparation.features import matrix
from assay.scoring.reason_choice import Reasons
from assay.scoring.scorer import feature_table
from assay.serving.log import PredictionLog
from assay.serving.model import Model, ScoreRequest
from assay.serving.service import Service
from line_outputs import model_folder, raw_records
from model_serving import Client, bodies, started

CONNECTIONS = 64
LIST = 1000


@dataclass
class Load:
    """Seconds of each request, and how many were not answered as they should be."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    took: float = 0.0

    def __str__(self) -> str:
        return f"p50 {at(self.seconds, 50):7.2f} ms   p99 {at(self.seconds, 99):7.2f} ms"


def at(seconds: Sequence[float], percent: float) -> float:
    """A percentile, in milliseconds."""
    return float(np.percentile(seconds, percent)) * 1000


async def send(port: int, sent: Sequence[bytes], connections: int, until: Callable[[], bool]) -> Load:
    """Keep so many connections busy; a record outside the contract (422) counts as answered."""
    found = Load()

    async def worker(first: int) -> None:
        client, place = await Client.of(port), first
        while not until():
            start = time.perf_counter()
            try:
                status, _ = await client.predict(sent[place % len(sent)])
            except (OSError, EOFError):
                found.errors += 1
                client = await Client.of(port)
                continue
            found.seconds.append(time.perf_counter() - start)
            found.errors += status not in (200, 422)
            place += connections
        client.close()

    begun = time.perf_counter()
    await asyncio.gather(*map(worker, range(connections)))
    found.took = time.perf_counter() - begun
    return found


def for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


async def singles_beside_lists(port: int, singles: Sequence[bytes], listed: bytes, seconds: float) -> tuple[Load, Load]:
    """Single records, one at a time, while lists are scored all the time."""
    both = send(port, singles, 1, for_seconds(seconds)), send(port, [listed], 1, for_seconds(seconds))
    one, lists = await asyncio.gather(*both)
    return one, lists


def timed(call: Callable[[int], object], count: int) -> list[float]:
    found = []
    for number in range(count):
        start = time.perf_counter()
        call(number)
        found.append(time.perf_counter() - start)
    return found


@dataclass(frozen=True)
class Alone:
    """Seconds of the parts of a request, each with nothing else running, on the core of the worker."""

    whole: list[float]
    scorer: list[float]
    by_matrix: list[float]
    by_table: list[float]


def in_process(model: Model, records: Sequence[dict[str, Any]], count: int) -> Alone:
    """Without HTTP: the whole answer with its log line, the scorer, the bare model on a matrix and on a table."""
    known, scorer = model.bundle.vocabularies, model.scorer
    forms = [model.form.raw([one]) for one in records]
    features = [one.features for one in map(scorer, forms) if len(one.places)]
    matrices = [matrix(one, known) for one in features]
    tables = [feature_table(one, known) for one in features]
    asked = [[ScoreRequest(one, Reasons.ALERTS)] for one in records]
    with tempfile.TemporaryDirectory() as folder:
        service = Service(model, PredictionLog(Path(folder)))
        whole = timed(lambda place: service(asked[place % len(asked)]), count)
    return Alone(
        whole,
        timed(lambda place: scorer(forms[place % len(forms)]), count),
        timed(lambda place: bare(model.bundle, matrices[place % len(matrices)]), count),
        timed(lambda place: bare(model.bundle, tables[place % len(tables)]), count),
    )


def bare(bundle: Bundle, X: Any) -> np.ndarray:
    """Nothing but the model."""
    return score(bundle.estimator, X, bundle.recalibration)


def decisions_per_second(bundle: Bundle, X: np.ndarray, seconds: float) -> float:
    """Records per second from a matrix of features to decisions, a batch at a time."""
    count, until = 0, for_seconds(seconds)
    start = time.perf_counter()
    while not until():
        count += len(bare(bundle, X) >= bundle.threshold)
    return count / (time.perf_counter() - start)


def batch_of(model: Model, raw: pd.DataFrame) -> np.ndarray:
    """The features of `LIST` records as a matrix."""
    found = matrix(model.scorer(raw).features, model.bundle.vocabularies)
    return np.resize(found, (LIST, found.shape[1]))


def filled(raw: pd.DataFrame) -> list[dict[str, Any]]:
    """The records as a client sends them: the columns that have a value."""
    return [{name: text for name, text in one.items() if text} for one in raw.to_dict("records")]


def median(seconds: Sequence[float]) -> float:
    return at(seconds, 50)


def memory_mb(process_id: int) -> float:
    """What a process holds now."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def cpu_seconds(process_id: int) -> float:
    """What a process has used of all cores: on a busy machine more telling than the clock."""
    used = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def say(what: str, figure: object) -> None:
    print(f"{what:<66} {figure}", flush=True)


def measure(bundle: Path, raw: pd.DataFrame, seconds: float) -> None:
    worker, *others = sorted(os.sched_getaffinity(0))
    model = Model(load(bundle), "bench")
    whole = filled(raw)
    records = filled(raw.drop(columns=list(model.scorer.optional), errors="ignore"))
    sent = bodies(records)
    listed = json.dumps(records[:LIST]).encode()
    gc.collect()
    gc.freeze()
    short = max(2.0, seconds / 6)

    os.sched_setaffinity(0, {worker})  # the service does not run yet, and will have this core
    alone = in_process(model, records[:500], 1000)
    per_second = decisions_per_second(model.bundle, batch_of(model, raw), short / 2)

    with tempfile.TemporaryDirectory() as log:
        process, port = started(bundle, "--log", log)
        os.sched_setaffinity(process.pid, {worker})
        os.sched_setaffinity(0, set(others) or {worker})
        with process:
            try:
                uvloop.run(send(port, sent, 1, for_seconds(1)))  # warm
                before = memory_mb(process.pid)
                single = uvloop.run(send(port, sent, 1, for_seconds(short)))
                checked = uvloop.run(send(port, bodies(whole), 1, for_seconds(short)))
                used = cpu_seconds(process.pid)
                sustained = uvloop.run(send(port, sent, CONNECTIONS, for_seconds(seconds)))
                used = cpu_seconds(process.pid) - used
                lists = uvloop.run(send(port, [listed], 1, for_seconds(short)))
                beside, _ = uvloop.run(singles_beside_lists(port, sent, listed, short))
                after = memory_mb(process.pid)
            finally:
                process.terminate()
                err = process.communicate()[1]

    say("one record: bare model, on a matrix", f"p50 {median(alone.by_matrix):7.2f} ms")
    say("one record: bare model, on a table", f"p50 {median(alone.by_table):7.2f} ms")
    say("one record: raw columns to score, in process", f"p50 {median(alone.scorer):7.2f} ms")
    say("one record: JSON content to logged answer, in process", f"p50 {median(alone.whole):7.2f} ms")
    say("one record over HTTP, one at a time", single)
    say("   more than the bare model on a table", f"{median(single.seconds) - median(alone.by_table):11.2f} ms")
    say("   more than the bare model on a matrix", f"{median(single.seconds) - median(alone.by_matrix):11.2f} ms")
    say("   times the answer in process", f"{median(single.seconds) / median(alone.whole):11.2f}")
    say("   with all columns of the file", checked)
    say(f"one record over HTTP, {CONNECTIONS} connections", sustained)
    say(f"   requests per second, for {seconds:.0f} s", f"{len(sustained.seconds) / sustained.took:11.0f}")
    say("   requests per second of its CPU time", f"{len(sustained.seconds) / used:11.0f}")
    say("   errors", f"{sustained.errors:11}")
    say(f"list of {LIST} over HTTP", lists)
    say("   records per second, JSON to answer", f"{LIST * len(lists.seconds) / lists.took:11.0f}")
    say("   records per second, matrix to decision, in process", f"{per_second:11.0f}")
    say("one record over HTTP while lists are scored", beside)
    say("   p99, times that without lists", f"{at(beside.seconds, 99) / at(single.seconds, 99):11.1f}")
    say("memory of the worker before and after, MB", f"{before:11.0f} {after:.0f}")
    errors = single.errors + checked.errors + sustained.errors + lists.errors + beside.errors
    if errors or process.returncode:
        sys.exit(f"{errors} requests failed; the service ended with {process.returncode}: {err}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=60, help="of sustained load")
    arguments.add_argument("--bundle", type=Path, help="by default the one of the line")
    arguments.add_argument("--raw", type=Path, help="by default the records of the line")
    given = arguments.parse_args()
    records = pd.read_csv(given.raw or raw_records(), dtype="str", keep_default_na=False)
    measure(given.bundle or model_folder(), records, given.seconds)
