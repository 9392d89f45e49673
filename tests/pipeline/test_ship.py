"""The model in use, as the README ships it: scored, promoted, served, swapped and taken back while requests come in."""

import csv
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from model_serving import ask
from pipeline_copy import IDENTITY, Copy, wait_for
from warm import FRESH

LINES = 40
QUICK = ("-S", "training.folds=2", "-S", "training.refit=false", "-S", "evaluation.resamples=50")
PAUSE = 0.1  # seconds between the requests of a client, which leave the machine to what runs meanwhile
# Not the time that a machine takes which runs many tests.
CALM = {
    "load_seconds": 1,
    "single_p50_ms": 4,
    "single_p99_ms": 8,
    "records_per_second": 1e5,
    "train_seconds": 5,
    "train_memory_mb": 500,
}
# Not warm: the one measures processes, which write to a pipe that it opens, the other ends by a signal.
FRESHLY = ("env", f"PATH={FRESH}", "python", "-m", "assay.cli")


@pytest.fixture
def shipped(fork: Copy) -> Copy:
    """The line with its default model in prod."""
    for setting in IDENTITY[1::2]:
        fork.run("git", "config", *setting.split("="))
    fork.run(*FRESHLY, "budget", "--seconds", "1")
    measured = fork.path / "reports/budget.json"
    content = json.loads(measured.read_text())
    measured.write_text(json.dumps(content | {"figures": content["figures"] | CALM}))
    fork.run("assay", "promote")
    return fork


@pytest.mark.slow
def test_scored_promoted_served_swapped_and_rolled_back(shipped: Copy) -> None:
    shipped.run("assay", "score", "data/raw/records.csv", "-o", "scores.csv")
    assert shipped.git_status() == ""
    with served(shipped) as port:
        sent = records(shipped)
        assert {tuple(one) for one in told(port, sent)} == {tuple(one) for one in in_file(shipped)}
        with under_load(port, sent) as answers:
            wait_for(lambda: answers["v1.0.0"])
            shipped.run("dvc", "exp", "run", "-S", "model.num_leaves=15", *QUICK)
            shipped.run("assay", "params", "--keep")
            shipped.commit("Grow smaller trees")
            shipped.run("assay", "promote", "--override", "to see it swapped")
            wait_for(lambda: answers["v1.1.0"])
            shipped.run("assay", "rollback", "--reason", "to see it taken back")
            before = answers["v1.0.0"]
            wait_for(lambda: answers["v1.0.0"] > before)
        assert answers.keys() <= {"v1.0.0", "v1.1.0"}, answers  # each request got an answer, from one of the two
    decided = [
        json.loads(line)["action"] for line in (shipped.path / "registry/decisions.jsonl").read_text().splitlines()
    ]
    assert decided == ["promote", "override", "rollback"]
    assert shipped.git_status() == ""


@contextmanager
def served(copy: Copy) -> Iterator[int]:
    """`assay serve`; its port."""
    process = copy.start(*FRESHLY, "serve", "--port", "0")
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), process.communicate()
        yield int(address.rstrip("/").rpartition(":")[2])
    finally:
        process.terminate()
        _, said = process.communicate()
    assert process.returncode == 0
    assert re.fullmatch(r"serves v1.0.0 .*\nserves v1.1.0 .* now\nserves v1.0.0 .* now\n", said)


@contextmanager
def under_load(port: int, sent: list[dict[str, str]]) -> Iterator["Counter[str]"]:
    """Requests from several clients all the while; how many answers each version gave, and each fault."""
    found: Counter[str] = Counter()
    scores: dict[tuple[str, str], float | None] = {}
    stop = threading.Event()

    def client() -> None:
        while not stop.is_set():
            for record in sent:
                stop.wait(PAUSE)
                answer = ask(port, "POST", "/predict", record)
                version = answer.content["model"]["version"] if answer.status == 200 else f"status {answer.status}"
                found[version] += 1
                score = answer.content["score"]
                assert scores.setdefault((version, record["patient_id"]), score) == score

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(client) for _ in range(4)]
        try:
            yield found
        finally:
            stop.set()
        assert [one.exception() for one in clients] == [None] * 4


def records(copy: Copy) -> list[dict[str, str]]:
    """The first raw records."""
    with (copy.path / "data/raw/records.csv").open() as file:
        rows = list(csv.DictReader(file))[:LINES]
    return [{name: text for name, text in row.items() if text} for row in rows]


def told(port: int, sent: list[dict[str, str]]) -> list[tuple[str, Any]]:
    """Each record's id and score over HTTP."""
    predictions = ask(port, "POST", "/predict", sent).content["predictions"]
    return [(one["record_id"], one["score"]) for one in predictions]


def in_file(copy: Copy) -> list[tuple[str, Any]]:
    """The same as `assay score` wrote it."""
    with (copy.path / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))[:LINES]
    return [(row["record_id"], float(row["score"]) if row["score"] else None) for row in rows]
