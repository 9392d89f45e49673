"""`assay promote` and `assay rollback` killed at random moments: python tests/bench promote_kills 100

In a repository with a line that was written by hand: half of the kills anywhere, half while something is recorded.
kill -9 takes the whole process group, or the process alone, whose git then goes on. Every third one is a roll-back. At
every moment a tag has its line in the log. The next call must end well, say what it completed or discarded, and leave
every decision of the log with its tags, nothing for `git status`, and no journal, lock file or half-written version.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.registry.decisions import read
from assay.registry.publishing import interrupted
from assay.registry.tags import tags
from pipeline_copy import ENVIRONMENT
from registry_repository import budget, git, make, model_of
from samples import ROOT

PROMOTIONS = ("better", "main")
WRITING = 0.1  # seconds from the first word in the journal until after the last


@dataclass(frozen=True)
class Kill:
    """One kill: of what, how and when, what the next call said it did, and what was not right."""

    command: str
    group: bool
    after: float
    done: list[str]
    faults: list[str]


def start(root: Path, *words: str) -> subprocess.Popen[str]:
    """An `assay` command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "assay.cli", *words],
        cwd=root,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def words(root: Path, number: int) -> list[str]:
    """A promotion of what is not in prod, or a roll-back."""
    champion = tags(root).champion("prod")
    if number % 3 == 2 and tags(root).before("prod"):
        return ["rollback", "--reason", f"kill {number}"]
    revision = next(
        one for one in PROMOTIONS if not champion or git(root, "rev-parse", f"start-{one}") != champion.commit
    )
    budget(root, model=model_of(root, f"start-{revision}"))
    return ["promote", f"start-{revision}", "--override", f"kill {number}"]


def kills(root: Path, number: int, seed: int) -> Iterator[Kill]:
    """Kill and call again, always in the same repository: what one leaves, the next one finds."""
    generator = random.Random(seed)
    for branch in PROMOTIONS:
        git(root, "branch", f"start-{branch}", branch)
    seconds: dict[str, float] = {}
    for one in range(number):
        command = words(root, one)
        if command[0] not in seconds:
            began = time.perf_counter()
            assert start(root, *command).wait() == 0
            seconds[command[0]] = time.perf_counter() - began
            command = words(root, one)
        process, group, began = start(root, *command), bool(one % 2), time.perf_counter()
        if one % 4 < 2:
            _kill(process, generator.uniform(0.1, 1.05) * seconds[command[0]], group=group)
        else:  # where something is being written
            _await_journal(root, process)
            _kill(process, generator.uniform(0, WRITING), group=group)
        after = time.perf_counter() - began
        faults = [f"at once: {fault}" for fault in _faults(root, finished=False)]
        done, said = _next(root, one)
        yield Kill(command[0], group, after, done, [*faults, *said, *_faults(root, finished=True)])


def _await_journal(root: Path, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and not (root / ".git/assay-registry/journal.json").exists():
        time.sleep(0.001)


def _kill(process: subprocess.Popen[str], after: float, *, group: bool) -> None:
    time.sleep(after)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL) if group else process.kill()
    process.communicate()


def _next(root: Path, one: int) -> tuple[list[str], list[str]]:
    """What the next call completes or discards, and how it fails."""
    process = start(root, *words(root, one))
    out, err = process.communicate()
    done = [line.split()[0] for line in err.splitlines() if line.startswith(("completed", "discarded", "put away"))]
    # A killed roll-back that was completed may have been the last that is possible.
    fine = process.returncode == 0 or (done and "assay rollback --to" in err)
    return done, [] if fine else [f"the next call: {(err or out).strip().splitlines()[-1]}"]


def _faults(root: Path, *, finished: bool) -> list[str]:
    """What must hold at every moment, and what must hold after a call that ended."""
    log, every = read(root), tags(root)
    recorded = [tag for one in log.decisions for tag in one["tags"]]
    faults = [f"tag without a line: {tag}" for tag in sorted(every.names() - set(recorded))]
    faults += [f"damaged lines: {log.damaged}"] * bool(log.damaged)
    faults += [f"not whole: {path.name}" for path in (root / ".assay/versions").glob("*") if _is_cut(path)]
    if finished:
        faults += [f"line without its tag: {tag}" for tag in sorted(set(recorded) - every.names())]
        faults += [f"a tag in two lines: {tag}" for tag, times in Counter(recorded).items() if times > 1]
        faults += ["a journal is left"] * interrupted(root)
        faults += [f"git status: {status}" for status in git(root, "status", "--porcelain").splitlines()]
        faults += [f"a lock is left: {path.name}" for path in (root / ".git").rglob("*.lock")]
        faults += [] if git(root, "fsck", "--connectivity-only", "--no-dangling") == "" else ["git fsck"]
    return faults


def _is_cut(version: Path) -> bool:
    return not version.name.startswith(".") and not (version / "training/curve.json").exists()


def main() -> None:
    number, seed = (int(word) for word in [*sys.argv[1:], "100", "0"][:2])
    with tempfile.TemporaryDirectory(prefix="assay-promote-kills-") as folder:
        make(Path(folder))
        root, found = Path(folder, "root"), []
        os.chdir(root)
        for one in kills(root, number, seed):
            found.append(one)
            how = "group" if one.group else "alone"
            said = "; ".join(one.faults) or "ok"
            done = ", ".join(one.done) or "-"
            print(f"{len(found):4} {one.command:8} {how} {one.after:5.2f} s  {done:24} {said}", flush=True)
    done = Counter(word for one in found for word in one.done)
    print(f"\n{number} kills, {sum(not one.faults for one in found)} right after the next call alone")
    print("the next call: " + (", ".join(f"{what} {times}" for what, times in done.items()) or "had nothing to do"))
    raise SystemExit(any(one.faults for one in found))


if __name__ == "__main__":
    main()
