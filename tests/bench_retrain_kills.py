"""`assay retrain` killed at random moments: python tests/bench_retrain_kills.py 100

In a repository with every third record and a small model. kill -9 takes the whole process group, or the process alone,
whose children then go on. The moments are spread evenly over a call, from its start to its end; a fifth are just after
the experiment is there. Each batch is killed a few times in a row, and then called until the end. In some rounds DVC
has no results of earlier calls, so that the line runs anew. At every moment the workspace is that of the commit, and an
experiment is whole or not there. The last call must end well and leave the same tree that a call without a kill gives:
nothing lost, nothing doubled; one experiment, and its branch; no clone, note or lock file; and again it has nothing to
do.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline_copy import ENVIRONMENT, Copy
from retraining_repository import make, months

ROW = 4  # kills in a row at most
COLD = 0.3  # of the rounds
LATE = 2.0  # a moment, as a share of a call: just after the experiment is there
JUDGING = 1.5  # seconds from there to the end
FOLDER = Path(".assay/retraining")


@dataclass(frozen=True)
class Round:
    """Some kills (when, at what), and a call until the end: what it said it cleaned up, and what was not right."""

    cold: bool
    kills: list[str]
    cleaned: int
    faults: list[str]


def start(copy: Copy, batch: Path) -> subprocess.Popen[str]:
    """The command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "assay.cli", "retrain", "--data", str(batch), "--branch", batch.stem, "--json"],
        cwd=copy.path,
        env={**ENVIRONMENT, "PYTHONPATH": str(copy.path / "src"), **copy.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def git(copy: Copy, *words: str) -> str:
    return copy.run("git", *words).stdout.strip()


def reference(copy: Copy, batch: Path) -> str:
    """The tree that a call without a kill gives."""
    out, err = (process := start(copy, batch)).communicate()
    assert process.returncode in (0, 3), err
    return git(copy, "rev-parse", f"{json.loads(out)['commit']}^{{tree}}")


def moments(number: int, generator: random.Random) -> list[float]:
    """Shares of a call in random order: spread evenly, and LATE."""
    shares = [LATE if one % 5 == 4 else (one + generator.random()) / number for one in range(number)]
    generator.shuffle(shares)
    return shares


def rounds(copy: Copy, batches: list[Path], number: int, seed: int) -> Iterator[Round]:
    """Kill and call again, always in the same repository, until there were so many kills."""
    generator = random.Random(seed)
    left, trees, seconds = moments(number, generator), {}, {}
    for batch, is_cold in zip(batches, (True, False), strict=True):
        fresh(copy, is_cold)
        began = time.perf_counter()
        trees[batch] = reference(copy, batch)
        seconds[is_cold] = time.perf_counter() - began  # how long a call takes
    while left:
        batch, is_cold = generator.choice(batches), generator.random() < COLD
        fresh(copy, is_cold)
        kills, faults = [], []
        for _ in range(min(generator.randint(1, ROW), len(left))):
            process, began = start(copy, batch), time.perf_counter()
            if is_at_work_until(left[-1], process, copy, seconds[is_cold], generator):
                kills.append(kill(process, copy, time.perf_counter() - began, group=bool(generator.getrandbits(1))))
                left.pop()
            else:
                seconds[is_cold] = time.perf_counter() - began
            faults += [f"at once: {fault}" for fault in unwhole(copy, set(trees.values()))]
        cleaned, said = completed(copy, batch, trees[batch])
        yield Round(is_cold, kills, cleaned, [*faults, *said])


def fresh(copy: Copy, is_cold: bool) -> None:
    """Take the experiments away, and for a cold start what DVC remembers of earlier runs."""
    forget(copy)
    if is_cold:
        cold(copy)


def cold(copy: Copy) -> None:
    """Take away what DVC remembers of earlier runs, so that the stages run."""
    shutil.rmtree(copy.path / ".dvc/cache/runs", ignore_errors=True)


def forget(copy: Copy) -> None:
    """Take the experiments and their branches away."""
    for name in git(copy, "for-each-ref", "--format=%(refname)", "refs/exps", "refs/heads/86*").splitlines():
        git(copy, "update-ref", "-d", name)


def is_at_work_until(
    share: float, process: subprocess.Popen[str], copy: Copy, seconds: float, generator: random.Random
) -> bool:
    """Wait for the moment; whether the call, which takes so many seconds, has not ended before."""
    if share != LATE:
        return is_at_work_for(share * seconds, process)
    while is_at_work_for(0.02, process):
        if has_experiment(copy):
            return is_at_work_for(generator.uniform(0, JUDGING), process)
    return False


def is_at_work_for(seconds: float, process: subprocess.Popen[str]) -> bool:
    try:
        process.communicate(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        return True


def has_experiment(copy: Copy) -> bool:
    return any((copy.path / ".git/refs/exps").rglob("retrain-*"))


def kill(process: subprocess.Popen[str], copy: Copy, after: float, group: bool) -> str:
    """Kill a call; when that was, and what was there."""
    found = "made" if has_experiment(copy) else "line" if any((copy.path / FOLDER).glob("work-*")) else "start"
    os.killpg(process.pid, signal.SIGKILL) if group else process.kill()
    process.wait()
    return f"{after:.1f} ({found})"


def unwhole(copy: Copy, trees: set[str]) -> list[str]:
    """What must hold at every moment."""
    faults = [f"git status: {line}" for line in copy.git_status().splitlines()]
    for name in git(copy, "for-each-ref", "--format=%(refname)", "refs/exps").splitlines():
        if git(copy, "rev-parse", f"{name}^{{tree}}") not in trees:
            faults.append(f"another tree: {name}")
    return faults


def completed(copy: Copy, batch: Path, tree: str) -> tuple[int, list[str]]:
    """Call until the end, and once more; how many clones were cleaned up, and what is not right."""
    out, err = (process := start(copy, batch)).communicate()
    if process.returncode not in (0, 3):
        return 0, [f"the last call: {(err or out).strip().splitlines()[-1]}"]
    found, faults = json.loads(out), []
    if git(copy, "rev-parse", f"{found['commit']}^{{tree}}") != tree:
        faults.append("another tree than without a kill")
    names = git(copy, "for-each-ref", "--format=%(refname)", "refs/exps").splitlines()
    faults += [] if len(names) == 1 else [f"{len(names)} experiments"]
    faults += [] if git(copy, "rev-parse", batch.stem) == found["commit"] else ["the branch holds something else"]
    faults += [f"git status: {line}" for line in copy.git_status().splitlines()]
    faults += [f"left: {path.name}" for path in (copy.path / FOLDER).iterdir() if path.name != "lock"]
    faults += [f"a lock is left: {path.name}" for path in (copy.path / ".git").rglob("*.lock")]
    faults += [] if git(copy, "fsck", "--connectivity-only", "--no-dangling") == "" else ["git fsck"]
    again = json.loads(start(copy, batch).communicate()[0])
    faults += [] if (again["state"], again["commit"]) == ("there", found["commit"]) else ["again: not the same"]
    return err.count("cleaned up"), faults


def main() -> None:
    number, seed = (int(word) for word in [*sys.argv[1:], "100", "0"][:2])
    with tempfile.TemporaryDirectory(prefix="assay-retrain-kills-") as folder:
        copy, found = make(Path(folder, "copy")), []
        for one in rounds(copy, months(Path(folder))[:2], number, seed):
            found.append(one)
            said = "; ".join(one.faults) or "ok"
            print(
                f"{'cold' if one.cold else 'warm'}  {', '.join(one.kills):50} cleaned {one.cleaned}  {said}", flush=True
            )
    kills = [kill for one in found for kill in one.kills]
    places = ", ".join(f"{place} {sum(place in one for one in kills)}" for place in ("start", "line", "made"))
    right = sum(not one.faults for one in found)
    print(f"\n{len(kills)} kills ({places}) in {len(found)} rounds, {right} rounds right after the next call alone")
    raise SystemExit(right < len(found))


if __name__ == "__main__":
    main()
