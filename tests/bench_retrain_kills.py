"""`assay retrain` killed at random moments: python tests/bench_retrain_kills.py 100

In a repository with every third record and a small model. kill -9 takes the whole process group, or the process alone,
whose children then go on. Each batch is killed a few times in a row, and then called until the end. Every other time
DVC has no results of earlier calls, so that the line runs anew. At every moment the workspace is that of the commit,
and an experiment is whole or not there. The last call must end well and leave the same tree that a call without a kill
gives: nothing lost, nothing doubled; one experiment; no clone, note or lock file; and again it has nothing to do.
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
FOLDER = Path(".assay/retraining")


@dataclass(frozen=True)
class Round:
    """Some kills, and a call until the end: what it said it cleaned up, and what was not right."""

    cold: bool
    after: list[float]
    cleaned: int
    faults: list[str]


def start(copy: Copy, batch: Path) -> subprocess.Popen[str]:
    """The command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "assay.cli", "retrain", "--data", str(batch), "--json"],
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


def rounds(copy: Copy, batches: list[Path], number: int, seed: int) -> Iterator[Round]:
    """Kill and call again, always in the same repository, until there were so many kills."""
    generator = random.Random(seed)
    trees, seconds = {batch: reference(copy, batch) for batch in batches}, {}
    for is_cold in (True, False):  # how long a call takes, in which a moment is chosen
        fresh(copy, is_cold)
        began = time.perf_counter()
        reference(copy, batches[0])
        seconds[is_cold] = time.perf_counter() - began
    killed = 0
    while killed < number:
        batch, is_cold = generator.choice(batches), bool(generator.getrandbits(1))
        fresh(copy, is_cold)
        after, faults = [], []
        for _ in range(min(generator.randint(1, ROW), number - killed)):
            moment = generator.uniform(0.02, 1) * seconds[is_cold]
            if kill(start(copy, batch), moment, group=bool(generator.getrandbits(1))):
                after.append(moment)
            faults += [f"at once: {fault}" for fault in unwhole(copy, set(trees.values()))]
        killed += len(after)
        cleaned, said = completed(copy, batch, trees[batch])
        yield Round(is_cold, after, cleaned, [*faults, *said])


def fresh(copy: Copy, is_cold: bool) -> None:
    """Take the experiments away, and for a cold start what DVC remembers of earlier runs."""
    forget(copy)
    if is_cold:
        cold(copy)


def cold(copy: Copy) -> None:
    """Take away what DVC remembers of earlier runs, so that the stages run."""
    shutil.rmtree(copy.path / ".dvc/cache/runs", ignore_errors=True)


def forget(copy: Copy) -> None:
    """Take the experiments away."""
    for name in git(copy, "for-each-ref", "--format=%(refname)", "refs/exps").splitlines():
        git(copy, "update-ref", "-d", name)


def kill(process: subprocess.Popen[str], after: float, group: bool) -> bool:
    """Kill a call after some seconds; whether it was still at work."""
    try:
        process.communicate(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL) if group else process.kill()
        process.wait()
        return True


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
            moments = " ".join(f"{after:.1f}" for after in one.after)
            said = "; ".join(one.faults) or "ok"
            print(
                f"{'cold' if one.cold else 'warm'}  killed after {moments:20} s  cleaned {one.cleaned}  {said}",
                flush=True,
            )
    kills = sum(len(one.after) for one in found)
    right = sum(not one.faults for one in found)
    print(f"\n{kills} kills in {len(found)} rounds, {right} rounds right after the next call alone")
    raise SystemExit(right < len(found))


if __name__ == "__main__":
    main()
