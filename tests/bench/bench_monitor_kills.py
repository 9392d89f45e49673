"""`assay monitor` killed at random moments: python tests/bench monitor_kills 100

Each call is a fork of this process, which has imported all that it needs: no moment is spent on imports, which touch no
file. kill -9 in a clone whose model is in prod, on records and labels, over a page that is there or not. Half of the
moments are spread evenly over a call, from its start to its end; half are while the page is written. Every fourth time
the model must be fetched from DVC's cache first; every fifth time a second call, which nobody kills, writes the same
page.

At every moment the page is absent, as it was, or whole. The next call must write the page and say the verdict that a
call without a kill gives, and leave no other file.
"""

import itertools
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.dvc_internals.repository import cache_folder
from assay.files import WRITING
from assay.registry.version import VERSIONS
from line_outputs import raw_records
from pipeline_copy import ENVIRONMENT, IDENTITY
from samples import ROOT

ROWS = 1000  # of the newest records
BEFORE = b"what was there before\n"
PLACING = 0.003  # seconds from the first sign of the new page until after it has its place
FORKS, NUMBERS = multiprocessing.get_context("fork"), itertools.count()
IN_PROD = ("model@v1.0.0", "model#prod#1")


@dataclass
class Kill:
    """One kill: how, after how many seconds, what page it found, and what was not right."""

    how: str
    after: float
    found: str
    faults: list[str] = field(default_factory=list)


class Call(NamedTuple):
    """A call: its process, and the file of what it says."""

    process: ForkProcess
    out: Path


@dataclass(frozen=True)
class Place:
    """A clone, the files that the command reads, and the page that it writes, in a folder of its own."""

    clone: Path
    records: Path
    labels: Path
    page: Path

    def start(self) -> Call:
        out = self.records.with_name(f"said-{next(NUMBERS)}")
        process = FORKS.Process(target=self._monitor, args=(out,))
        process.start()
        return Call(process, out)

    def _monitor(self, out: Path) -> None:
        os.chdir(self.clone)
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        app(["monitor", *map(str, [self.records, "--labels", self.labels, "-o", self.page, "--json"])])

    def finish(self, call: Call) -> tuple[bytes, dict[str, Any]]:
        """The page and the verdict of a call that nobody kills."""
        call.process.join()
        said = call.out.read_text()
        assert call.process.exitcode in (0, 10, 20), said
        verdict = json.loads(said)
        assert verdict.pop("seconds") > 0
        return self.page.read_bytes(), verdict

    def is_writing(self) -> bool:
        return any(self.page.parent.glob(f"{WRITING}*/{self.page.name}"))


def prepared(folder: Path) -> Place:
    """A clone with its model in prod, records, and labels of every other one."""
    clone = folder / "clone"
    _git(folder, "clone", "--quiet", "--shared", "--no-tags", str(ROOT), str(clone))
    (clone / ".dvc/config.local").write_text(f"[cache]\n    dir = {cache_folder(ROOT)}\n")
    for name in IN_PROD:
        _git(clone, *IDENTITY, "tag", "--annotate", "--message", name, name)
    raw = pd.read_csv(raw_records(), dtype="str", keep_default_na=False)[-ROWS:]
    place = Place(clone, folder / "records.csv", folder / "labels.csv", folder / "out/monitor.html")
    raw.drop(columns="target").to_csv(place.records, index=False)
    raw[["patient_id", "target"]][::2].to_csv(place.labels, index=False)
    place.page.parent.mkdir()
    return place


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env=ENVIRONMENT, check=True)


def kills(place: Place, number: int, generator: random.Random) -> Iterator[Kill]:
    """Kill and call again, always in the same clone: what one leaves, the next one finds."""
    _import(place)
    began = time.perf_counter()
    whole = place.finish(place.start())
    seconds = time.perf_counter() - began
    shares = [(one + generator.random()) / number for one in range(number)]
    generator.shuffle(shares)
    for one in range(number):
        before = BEFORE if one % 3 else None
        _prepare(place, before, fetches=one % 4 == 3)
        others = [place.start()] if one % 5 == 4 else []
        call, began = place.start(), time.perf_counter()
        if one % 2:
            how = "as it writes"
            _wait_for_the_page(call, place, generator.uniform(0, PLACING))
        else:
            how = "at any time"
            call.process.join(shares[one] * seconds)
        call.process.kill()
        call.process.join()
        kill = Kill(how, time.perf_counter() - began, "as before")
        _judge(kill, place, before, whole, others)
        yield kill


def _import(place: Place) -> None:
    """Import here what the calls need, by one call here."""
    here = Path.cwd()
    os.chdir(place.clone)
    CliRunner().invoke(app, ["monitor", str(place.records), "--labels", str(place.labels), "-o", str(place.page)])
    os.chdir(here)


def _prepare(place: Place, before: bytes | None, fetches: bool) -> None:
    place.page.unlink(missing_ok=True)
    if before:
        place.page.write_bytes(before)
    if fetches:
        shutil.rmtree(place.clone / VERSIONS)


def _judge(
    kill: Kill,
    place: Place,
    before: bytes | None,
    whole: tuple[bytes, dict[str, Any]],
    others: list[Call],
) -> None:
    """What is there after the kill, and after the next call."""
    now = place.page.read_bytes() if place.page.exists() else None
    kill.found = "whole" if now == whole[0] else "half written" if place.is_writing() else kill.found
    kill.faults += ["half a page, or none where one was"] * (now not in (whole[0], before))
    kill.faults += ["the other call was disturbed" for one in others if place.finish(one) != whole]
    kill.faults += ["the next call says something else"] * (place.finish(place.start()) != whole)
    kill.faults += [f"left: {path.name}" for path in place.page.parent.iterdir() if path != place.page]


def _wait_for_the_page(call: Call, place: Place, then: float) -> None:
    while call.process.is_alive() and not any(place.page.parent.glob(f"{WRITING}*")):
        time.sleep(0.0002)
    time.sleep(then)


def main() -> None:
    number, seed = (int(word) for word in [*sys.argv[1:], *("100", "0")[len(sys.argv) - 1 :]])
    generator, found = random.Random(seed), []
    with tempfile.TemporaryDirectory(prefix="assay-monitor-kills-") as folder:
        for one in kills(prepared(Path(folder)), number, generator):
            found.append(one)
            print(
                f"{len(found):4} {one.how:12} {one.after:5.2f} s  {one.found:12} {'; '.join(one.faults) or 'ok'}",
                flush=True,
            )
    print(f"{len(found)} kills, {sum(not one.faults for one in found)} right")
    raise SystemExit(any(one.faults for one in found))


if __name__ == "__main__":
    main()
