"""`assay score` and `assay serve` killed at random moments: python tests/bench ship_kills 100

kill -9, each time at another moment; half of those of score while it writes. What one leaves, the next one finds.

score: into CSV, JSON Lines and Parquet, by one thread and by three, over a file that is there or not. At every moment
the file is absent, as it was, or whole; afterwards the same call must write it whole, and leave no other file.

serve: two services write one log while clients send single records and lists on many connections; both are killed. Each
record that was acknowledged stands in the log once, with its score; no record stands there twice, or unasked; only a
last line may be cut. The next start is the next kill.
"""

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from assay.files import WRITING
from assay.serving.log import read
from line_outputs import model_folder, raw_records
from model_serving import Client
from samples import ROOT

COPIES = 10  # of these records, so that a call spends most of its time on them
FORMS = (".csv", ".jsonl", ".parquet")
BEFORE = b"what was there before\n"
SINGLES, LISTS, LIST = 24, 3, 50  # connections with single records and with lists to each service, records of a list
KEY = "patient_id"
PLACING = 0.1  # seconds from the last bytes until after the file has its place


@dataclass
class Kill:
    """One kill: of what, after how many seconds, what it found, and what was not right."""

    what: str
    after: float
    found: str
    faults: list[str] = field(default_factory=list)


def command(*words: str) -> subprocess.Popen[bytes]:
    """An `assay` command of this tree."""
    return subprocess.Popen(
        [sys.executable, "-m", "assay.cli", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


# score


@dataclass(frozen=True)
class Run:
    """A call of `assay score`: from what into what, by how many threads."""

    source: Path
    target: Path
    threads: str = "1"

    def start(self) -> subprocess.Popen[bytes]:
        return command("score", str(self.source), "-o", str(self.target), "-j", self.threads)

    def finish(self) -> bytes:
        """The bytes that it writes when nobody kills it."""
        process = self.start()
        _, err = process.communicate()
        assert process.returncode == 0, err.decode()
        return self.target.read_bytes()

    def written(self) -> int:
        """The bytes that are written so far, where they do not have their place yet."""
        with contextlib.suppress(OSError):  # it has its place by now
            return sum(path.stat().st_size for path in self.target.parent.glob(f"{WRITING}*/{self.target.name}"))
        return 0


def scores(number: int, generator: random.Random, folder: Path) -> Iterator[Kill]:
    """Kill and score again."""
    source, out = folder / "in.csv", folder / "out"
    raw = pd.read_csv(raw_records(), dtype="str", keep_default_na=False)
    pd.concat([raw] * COPIES).to_csv(source, index=False, lineterminator="\n")
    out.mkdir()
    began = time.perf_counter()
    whole = {form: Run(source, folder / f"whole{form}").finish() for form in FORMS}
    seconds = (time.perf_counter() - began) / len(FORMS)
    for one in range(number):
        form = FORMS[one % 3]
        run = Run(source, out / f"scores{form}", ("1", "3")[one // 3 % 2])
        run.target.unlink(missing_ok=True)
        before = BEFORE if one % 4 < 2 else None
        if before:
            run.target.write_bytes(before)
        process, began = run.start(), time.perf_counter()
        if one // 6 % 2:
            _wait_for_time(process, generator.uniform(0.1, 1.05) * seconds)
        else:
            _wait_for_bytes(process, run, generator.uniform(0, 0.9) * len(whole[form]))
            time.sleep(generator.uniform(0, PLACING))
        process.kill()
        process.communicate()
        kill = Kill("score", time.perf_counter() - began, "as before")
        _judge(kill, run, before, whole[form])
        yield kill


def _judge(kill: Kill, run: Run, before: bytes | None, whole: bytes) -> None:
    """What is there after the kill, and after the next call."""
    now = run.target.read_bytes() if run.target.exists() else None
    kill.found = "whole" if now == whole else kill.found
    kill.faults += ["half a file, or none where one was"] * (now not in (whole, before))
    kill.faults += ["the next call writes another file"] * (run.finish() != whole)
    there = run.target.parent.iterdir()
    kill.faults += [f"left: {path.name}" for path in there if not path.name.startswith("scores.")]


def _wait_for_time(process: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def _wait_for_bytes(process: subprocess.Popen[bytes], run: Run, size: float) -> None:
    while process.poll() is None and run.written() <= size:
        time.sleep(0.001)


# serve


@dataclass
class Asked:
    """What clients asked for, and the scores (None: not scored) of what they got, by id."""

    raw: list[dict[str, str]] = field(default_factory=lambda: _requests())
    sent: set[str] = field(default_factory=set)
    acknowledged: dict[str, float | None] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def next(self, size: int) -> list[dict[str, str]]:
        """Records with ids that nobody had."""
        first = len(self.sent)
        records = [{**self.raw[one % len(self.raw)], KEY: _id(one)} for one in range(first, first + size)]
        self.sent.update(one[KEY] for one in records)
        return records

    def answered(self, status: int, answer: Any) -> None:
        """Note an answer."""
        if status == 200:
            answers = answer.get("predictions", [answer])
            self.acknowledged |= {one["record_id"]: one["score"] for one in answers}
        elif status != 422:
            self.wrong.append(f"status {status}")


def _requests() -> list[dict[str, str]]:
    return pd.read_csv(raw_records(), dtype="str", keep_default_na=False).drop(columns="target").to_dict("records")


def serves(number: int, generator: random.Random, folder: Path) -> Iterator[Kill]:
    """Start, ask and kill; two services at a time, with one log. Every fifth time they are killed as they start."""
    log, asked, startup = folder / "log", Asked(), 2.0
    for one in range(number):
        before, began = len(asked.acknowledged), time.perf_counter()
        both = [command("serve", "--bundle", str(model_folder()), "--port", "0", "--log", str(log)) for _ in range(2)]
        if one % 5 == 4:
            time.sleep(generator.uniform(0, startup))
        else:
            ports = [_port(process) for process in both]
            startup = time.perf_counter() - began
            asyncio.run(_asked_until_killed(both, ports, asked, generator.uniform(0, 1.5)))
        for process in both:
            process.kill()
            process.communicate()
        faults = list(_log_faults(log, asked))
        yield Kill("serve", time.perf_counter() - began, f"{len(asked.acknowledged) - before} acknowledged", faults)


def _port(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    address = process.stdout.readline().decode()
    assert address.startswith("http://"), process.communicate()[1].decode()
    return int(address.rstrip("/\n").rpartition(":")[2])


async def _asked_until_killed(
    both: list[subprocess.Popen[bytes]], ports: list[int], asked: Asked, after: float
) -> None:
    sizes = [1] * SINGLES + [LIST] * LISTS
    running = [asyncio.create_task(_client(port, size, asked)) for port in ports for size in sizes]
    await asyncio.sleep(after)
    for process in both:
        process.kill()
    await asyncio.gather(*running)


async def _client(port: int, size: int, asked: Asked) -> None:
    """Ask until the connection ends; what came whole is acknowledged."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        client = await Client.of(port)
        while True:
            records = asked.next(size)
            status, body = await client.predict(json.dumps(records if size > 1 else records[0]).encode())
            asked.answered(status, json.loads(body))


def _id(place: int) -> str:
    """A key of the contract, a day and a number, that is nobody else's."""
    days, number = divmod(place, 999)
    years, day = divmod(days, 12 * 28)
    return f"{84 + years}{1 + day // 28:02}{1 + day % 28:02}{number + 1:03}"


def _log_faults(log: Path, asked: Asked) -> list[str]:
    """What is not right with the log, and with the answers."""
    lines = [line for _, line in read(log) if line["id"] is not None]
    found = {line["id"]: line.get("score") for line in lines}
    acknowledged = asked.acknowledged
    counts = {
        "acknowledged and not in the log": len(acknowledged.keys() - found.keys()),
        "twice in the log": len(lines) - len(found),
        "never sent": len(found.keys() - asked.sent),
        "with another score": sum(found[one] != score for one, score in acknowledged.items() if one in found),
    }
    return [f"{count} {what}" for what, count in counts.items() if count] + asked.wrong


def main() -> None:
    number, seed = (int(word) for word in [*sys.argv[1:], *("100", "0")[len(sys.argv) - 1 :]])
    generator, found = random.Random(seed), []
    with tempfile.TemporaryDirectory(prefix="assay-ship-kills-") as folder:
        for kills in (serves, scores):
            for one in kills(number, generator, Path(folder)):
                found.append(one)
                said = "; ".join(one.faults) or "ok"
                print(f"{len(found):4} {one.what} {one.after:5.2f} s  {one.found:24} {said}", flush=True)
    for what in ("serve", "score"):
        here = [one for one in found if one.what == what]
        print(f"{what}: {len(here)} kills, {sum(not one.faults for one in here)} right")
    raise SystemExit(any(one.faults for one in found))


if __name__ == "__main__":
    main()
