"""`dvc repro` killed at random moments: does `make repro` alone put everything right? python tests/bench kills 200

In a copy of the tree with a small model, in the environment that runs this; kill -9 takes the whole process group.
Cold: no cache, no data, no model; warm: everything is there and `--force` runs it again. Every other one is cold.
Afterwards `make repro` must end well, with the dvc.lock of the commit, nothing for `git status`, and bytes that the
doctor finds right.
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

from pipeline_copy import ENVIRONMENT, Copy, cheapened, copy_of_the_tree

KEPT = (".dvc/cache", "data", "models")


@dataclass(frozen=True)
class Kill:
    """One kill: how and when, what the doctor had to mend, and what was not right afterwards."""

    cold: bool
    after: float
    mended: list[str]
    faults: list[str]


def cheap_copy(path: Path) -> Copy:
    """A copy of the tree that runs in a quarter of a minute, committed so."""
    path.mkdir()
    copy = copy_of_the_tree(path)
    copy.environment["OMP_NUM_THREADS"] = "1"
    return cheapened(copy)


def kills(copy: Copy, number: int, seed: int) -> Iterator[Kill]:
    """Kill and mend, again and again in the same copy: what one leaves, the next one finds."""
    generator = random.Random(seed)
    lasts: dict[bool, float] = {}
    for one in range(number):
        cold = one % 2 == 0
        if cold not in lasts:
            lasts[cold] = _seconds(copy, cold)
        after = generator.uniform(0.3, lasts[cold])
        _killed(copy, cold, after)
        yield Kill(cold, after, *mended(copy))


def _seconds(copy: Copy, cold: bool) -> float:
    began = time.perf_counter()
    process = start(copy, cold)
    assert process.wait() == 0
    return time.perf_counter() - began


def start(copy: Copy, cold: bool, stdout: int = subprocess.DEVNULL) -> subprocess.Popen:
    """`dvc repro` in a process group of its own."""
    if cold:
        copy.run("git", "clean", "-fdXq", "--", *KEPT)  # what git ignores there: all that DVC keeps
    return subprocess.Popen(
        ["dvc", "repro", *([] if cold else ["--force"])],
        cwd=copy.path,
        env={**ENVIRONMENT, "PYTHONPATH": str(copy.path / "src"), **copy.environment},
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def _killed(copy: Copy, cold: bool, after: float) -> None:
    process = start(copy, cold)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def mended(copy: Copy) -> tuple[list[str], list[str]]:
    """What `make repro` had to mend, and what is wrong after it."""
    # The environment is that of this process: `make` shall not make one.
    process = copy.start("make", "--old-file=.venv/ready", "repro")
    said, err = process.communicate()
    codes = [line.split()[1] for line in said.splitlines() if line.startswith("mended ")]
    faults = [] if process.returncode == 0 else [f"make repro: {err.strip().splitlines()[-1]}"]
    if copy.run("git", "diff", "--name-only", "HEAD", "--", "dvc.lock").stdout:
        faults.append("dvc.lock is another")
    if changed := copy.git_status():
        faults.append(f"git status: {' '.join(changed.split())[:80]}")
    looked = copy.start("assay", "doctor", "--quick").communicate()[0]
    if "healthy" not in looked:
        faults.append(looked.splitlines()[0])
    return codes, faults


def main() -> None:
    number, seed = (int(word) for word in [*sys.argv[1:], "20", "0"][:2])
    with tempfile.TemporaryDirectory(prefix="assay-kills-") as folder:
        found = []
        for one in kills(cheap_copy(Path(folder, "copy")), number, seed):
            found.append(one)
            kind = "cold" if one.cold else "warm"
            said = "; ".join(one.faults) or "ok"
            print(f"{len(found):4} {kind} {one.after:6.2f} s  {', '.join(one.mended) or '-':32} {said}", flush=True)
    mended = Counter(code for one in found for code in set(one.mended))
    print(f"\n{number} kills, {sum(not one.faults for one in found)} right after `make repro` alone")
    print("mended: " + (", ".join(f"{code} {times}" for code, times in mended.most_common()) or "nothing"))
    raise SystemExit(any(one.faults for one in found))


if __name__ == "__main__":
    main()
