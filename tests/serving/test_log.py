"""The prediction log: whole, in order, and without what must not be in it."""

import asyncio
import json
import os
import resource
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scoring.reason_choice import Reasons
from assay.serving import log as logs
from assay.serving.log import PredictionLog, UnwritableError, read
from assay.serving.model import Model, ScoreRequest
from model_serving import Client, ask, bodies, started


def numbered(good: dict[str, Any], count: int, first: int = 0) -> list[dict[str, Any]]:
    """Records that differ in their id."""
    return [{**good, "patient_id": f"860101{number:03}"} for number in range(first, first + count)]


def write(log: PredictionLog, model: Model, *records: dict[str, Any]) -> None:
    log.write(model, model([ScoreRequest(one, Reasons.ALERTS) for one in records]))


def ids(folder: Path) -> list[str]:
    return [line["id"] for _, line in read(folder)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PredictionLog]:
    one = PredictionLog(tmp_path / "a" / "log")
    yield one
    one.close()


def test_a_line_says_what_monitoring_needs(log: PredictionLog, model: Model, good: dict[str, Any]) -> None:
    record = {**good, "TBG": None, "age": 455}
    (answer,) = model([ScoreRequest(record, Reasons.ALERTS)]).answers
    write(log, model, record)
    ((head, line),) = read(log.folder)
    assert head == {"format": 1, "model": model.name, "features": list(model.bundle.columns)}
    assert {name: line[name] for name in ("id", "score", "alert", "changed")} == {
        "id": good["patient_id"],
        "score": answer["score"],
        "alert": answer["alert"],
        "changed": ["age_range"],
    }
    features = dict(zip(head["features"], line["x"], strict=True))
    assert (features["TSH"], features["TBG"], features["age"], features["sex"]) == (good["TSH"], None, None, "F")
    assert line["at"].endswith("+00:00")
    assert "target" not in features


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"TSH": "SECRET"}, {"kind": "contract", "rules": ["TSH_type"]}),
        ({"SECRET": "SECRET"}, {"kind": "contract", "rules": ["known_columns"]}),
        ({"patient_id": "SECRET"}, {"kind": "contract", "rules": ["patient_id_pattern", "date_missing"]}),
        ({"sick": None}, {"kind": "contract", "rules": ["sick_missing"]}),
        ({"on_thyroxine": True}, {"kind": "outside the population", "rules": ["treated: on_thyroxine"]}),
    ],
)
def test_who_has_no_score_is_there_with_the_rules_and_no_value(
    log: PredictionLog, model: Model, good: dict[str, Any], changes: dict[str, Any], why: dict[str, Any]
) -> None:
    write(log, model, {**good, **changes})
    ((_, line),) = read(log.folder)
    assert line.keys() == {"at", "id", "not_scored"}
    assert line["not_scored"] == why
    assert "SECRET" not in "".join(path.read_text() for path in log.folder.iterdir())


def test_only_the_owner_may_read_it(log: PredictionLog, model: Model, good: dict[str, Any]) -> None:
    write(log, model, good)
    (path,) = log.folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_several_writers_lose_and_mix_nothing(tmp_path: Path, model: Model, good: dict[str, Any]) -> None:
    results = [model([ScoreRequest(one, Reasons.ALERTS)]) for one in numbered(good, 90)]

    def write_all(part: int) -> None:
        own = PredictionLog(tmp_path)
        for result in results[part::3]:
            own.write(model, result)
        own.close()

    threads = [threading.Thread(target=write_all, args=(part,)) for part in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.iterdir())) == 3
    assert sorted(ids(tmp_path)) == [one["patient_id"] for one in numbered(good, 90)]


def test_a_large_file_a_new_model_and_a_removed_file_begin_a_new_one(
    log: PredictionLog, model: Model, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, fourth = numbered(good, 4)
    write(log, model, first)
    monkeypatch.setattr(logs, "LARGEST", log.size)
    write(log, model, second)
    assert len(list(log.folder.iterdir())) == 2
    monkeypatch.setattr(logs, "LARGEST", 1 << 30)
    other = Model(model.bundle, "other")
    write(log, other, third)
    assert {head["model"]["version"]: line["id"] for head, line in read(log.folder)}["other"] == third["patient_id"]
    for path in log.folder.iterdir():
        path.unlink()
    write(log, other, fourth)
    assert ids(log.folder) == [fourth["patient_id"]]


@pytest.mark.parametrize("size", [0, 40])
def test_a_file_that_somebody_cuts_is_left_and_another_begun(
    size: int, log: PredictionLog, model: Model, good: dict[str, Any]
) -> None:
    first, second = numbered(good, 2)
    write(log, model, first)
    (path,) = log.folder.iterdir()
    os.truncate(path, size)
    write(log, model, second)
    assert path.stat().st_size == size
    assert [(head["format"], line["id"]) for head, line in read(log.folder)] == [(1, second["patient_id"])]


def test_half_a_last_line_is_passed_over(log: PredictionLog, model: Model, good: dict[str, Any]) -> None:
    write(log, model, *numbered(good, 3))
    (path,) = log.folder.iterdir()
    whole = path.read_bytes()
    for length in range(whole.index(b"\n") + 1, len(whole), 97):
        path.write_bytes(whole[:length])
        assert len(ids(log.folder)) == whole[:length].count(b"\n") - 1
    for length in (0, 5):
        path.write_bytes(whole[:length])
        assert ids(log.folder) == []


def test_a_full_disk_leaves_no_half_line_and_is_over_when_there_is_room(
    log: PredictionLog, model: Model, good: dict[str, Any], capsys: pytest.CaptureFixture
) -> None:
    records = numbered(good, 60)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    written: list[str] = []
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # not even the head
        with pytest.raises(UnwritableError, match="make room"):
            write(log, model, records[0])
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_001, hard))
        with pytest.raises(UnwritableError, match="cannot be written"):
            for one in records:
                write(log, model, one)
                written.append(one["patient_id"])
        with pytest.raises(UnwritableError):
            write(log, model, *records[-9:])
        with pytest.raises(UnwritableError):
            log.require_room()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert written
    assert log.fault
    write(log, model, records[-1])
    assert log.fault is None
    assert ids(log.folder) == [*written, records[-1]["patient_id"]]
    assert {head["format"] for head, _ in read(log.folder)} == {1}
    said = capsys.readouterr().err
    assert (said.count("no record is answered"), said.count("written again")) == (2, 2)
    assert good["patient_id"] not in said


def test_a_folder_that_cannot_be_is_told_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableError, match="cannot be written"):
        PredictionLog(tmp_path / "file" / "log").require_room()
    PredictionLog(tmp_path / "log").require_room()
    assert list((tmp_path / "log").iterdir()) == []


async def sent_until_gone(port: int, records: list[bytes], process_id: int, kill_after: int) -> int:
    """How many of these a server answered before it was killed; each of them in its turn, four at a time."""
    waiting, answered = list(enumerate(records)), 0

    async def worker() -> None:
        nonlocal answered
        client = await Client.of(port)
        while waiting:
            _, body = waiting.pop(0)
            try:
                status, _ = await client.predict(body)
            except (OSError, EOFError):
                return
            assert status == 200
            answered += 1
            acknowledged.append(json.loads(body)["patient_id"])
            if answered == kill_after:
                os.kill(process_id, signal.SIGKILL)

    acknowledged: list[str] = []
    await asyncio.gather(*(worker() for _ in range(4)))
    done.update(acknowledged)
    return answered


done: Counter[str] = Counter()


@pytest.mark.slow
def test_what_was_acknowledged_before_a_kill_is_in_the_log_exactly_once(
    small_line: Path, tmp_path: Path, good: dict[str, Any]
) -> None:
    done.clear()
    sent = 0
    for kill_after in (1, 40):
        process, port = started(small_line / "models", "--log", str(tmp_path))
        with process:
            records = numbered(good, 150, first=sent)
            asyncio.run(sent_until_gone(port, bodies(records), process.pid, kill_after))
            assert process.wait() == -signal.SIGKILL
        sent += 150
    logged = Counter(ids(tmp_path))
    assert sum(done.values()) >= 1 + 40
    assert set(logged.values()) == {1}
    assert done.keys() <= logged.keys()
    assert len(logged) - len(done) <= 2 * 4  # at most what was under way


@pytest.mark.slow
def test_a_full_disk_is_503_until_there_is_room(small_line: Path, tmp_path: Path, good: dict[str, Any]) -> None:
    process, port = started(small_line / "models", "--log", str(tmp_path))
    with process:
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (8_000, hard))
        statuses = [ask(port, "POST", "/predict", one).status for one in numbered(good, 40)]
        answered = statuses.count(200)
        assert statuses == [200] * answered + [503] * (40 - answered)
        assert 0 < answered < 40
        assert ask(port, "GET", "/ready").status == 503
        assert ask(port, "GET", "/health").status == 200
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert ask(port, "GET", "/ready").status == 200
        assert ask(port, "POST", "/predict", numbered(good, 3, first=100)).status == 200
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate()
    assert process.returncode == 0
    assert (err.count("no record is answered"), err.count("written again")) == (1, 1)
    assert ids(tmp_path) == [one["patient_id"] for one in [*numbered(good, answered), *numbered(good, 3, first=100)]]
