"""`assay retrain` killed at random moments: python tests/bench retrain_kills 100

In a repository with every third record, a small model, and no stage that a model can do without. kill -9 takes the
whole process group, or the process alone, whose children then go on. Each batch is killed a few times in a row, and
then called until the end. Of five kills one is of a call that runs the whole line, two of a call for which DVC has the
results of earlier ones, and two of a call that finds the experiment made and only judges it and makes its branch. The
moments of each are spread evenly over the call, from its start to its end.

At every moment the workspace is that of the commit, and an experiment is whole or not there. The last call must end
well, and leave the same tree that a call without a kill gives: nothing lost, nothing doubled; one experiment, and its
branch; no clone, note or lock file; and again it has nothing to do.
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
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline_copy import ENVIRONMENT, Copy
from retraining_repository import make, months

ROW = 4  # kills in a row at most
KINDS = ("cold", "warm", "made", "warm", "made")  # of calls, of five kills
WITHOUT = ("profile", "cards", "review")  # stages
FOLDER = Path(".assay/retraining")


@dataclass(frozen=True)
class Round:
    """Some kills (when, at what), and a call until the end: what it said it cleaned up, and what was not right."""

    kind: str
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


def moments(number: int, generator: random.Random) -> dict[str, list[float]]:
    """For each kind of call the shares of it after which to kill: spread evenly, in random order."""
    counts = Counter(KINDS[one % len(KINDS)] for one in range(number))
    found = {kind: [(one + generator.random()) / count for one in range(count)] for kind, count in counts.items()}
    for shares in found.values():
        generator.shuffle(shares)
    return found


def rounds(copy: Copy, batch: Path, number: int, seed: int) -> Iterator[Round]:
    """Kill and call again, always in the same repository, until there were so many kills."""
    generator = random.Random(seed)
    left, seconds = moments(number, generator), {}
    for kind in KINDS[:3]:  # how long a call takes
        prepare(copy, kind)
        began = time.perf_counter()
        tree = reference(copy, batch)
        seconds[kind] = time.perf_counter() - began
    while kinds := [kind for kind, shares in left.items() if shares]:
        kind = generator.choice(kinds)
        prepare(copy, kind)
        kills, faults = [], []
        for _ in range(min(generator.randint(1, ROW), len(left[kind]))):
            process, began = start(copy, batch), time.perf_counter()
            if is_at_work_for(left[kind][-1] * seconds[kind], process):
                kills.append(kill(process, copy, time.perf_counter() - began, group=bool(generator.getrandbits(1))))
                left[kind].pop()
            else:
                seconds[kind] = time.perf_counter() - began
            faults += [f"at once: {fault}" for fault in unwhole(copy, tree)]
        cleaned, said = completed(copy, batch, tree)
        yield Round(kind, kills, cleaned, [*faults, *said])


def prepare(copy: Copy, kind: str) -> None:
    """Take branches away; for a call that is to run the line the experiment; for a cold one what DVC remembers."""
    forget(copy, "refs/heads/86*")
    if kind != "made":
        forget(copy, "refs/exps")
    if kind == "cold":
        shutil.rmtree(copy.path / ".dvc/cache/runs", ignore_errors=True)


def forget(copy: Copy, references: str) -> None:
    for name in git(copy, "for-each-ref", "--format=%(refname)", references).splitlines():
        git(copy, "update-ref", "-d", name)


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


def unwhole(copy: Copy, tree: str) -> list[str]:
    """What must hold at every moment."""
    faults = [f"git status: {line}" for line in copy.git_status().splitlines()]
    for name in git(copy, "for-each-ref", "--format=%(refname)", "refs/exps").splitlines():
        if git(copy, "rev-parse", f"{name}^{{tree}}") != tree:
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
        copy, found = make(Path(folder, "copy"), WITHOUT), []
        for one in rounds(copy, months(Path(folder))[0], number, seed):
            found.append(one)
            said = "; ".join(one.faults) or "ok"
            print(f"{one.kind}  {', '.join(one.kills):50} cleaned {one.cleaned}  {said}", flush=True)
    kills = [kill for one in found for kill in one.kills]
    places = ", ".join(f"{place} {sum(place in one for one in kills)}" for place in ("start", "line", "made"))
    right = sum(not one.faults for one in found)
    print(f"\n{len(kills)} kills ({places}) in {len(found)} rounds, {right} rounds right after the next call alone")
    raise SystemExit(right < len(found))


if __name__ == "__main__":
    main()
