"""What is changed in a second terminal while a line runs: python tests/bench races [rounds]

Each way to run is met by each way to interfere, at random moments, `rounds` times (5: sixty races). Afterwards nothing
false may stand in any dvc.lock nor in the run-cache. Works in temporary copies, on a cheap line.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pipeline_copy import Copy, cheapened, copy_of_the_tree
from true_records import false_records

OTHER = "training.folds=3"
RUNS = {
    "dvc repro": ("dvc", "repro", "--force"),
    "dvc exp run": ("dvc", "exp", "run", "--force"),
    "assay sweep": ("assay", "sweep", "races", "-S", "model.C=0.1,0.2"),
}


def edit(copy: Copy) -> None:
    """As an editor saves."""
    params = copy.path / "params.yaml"
    params.write_text(params.read_text().replace("folds: 2", "folds: 3"))


MEANWHILE: dict[str, Callable[[Copy], object]] = {
    "dvc exp run": lambda copy: copy.start("dvc", "exp", "run", "-S", OTHER).communicate(),
    "assay params": lambda copy: copy.start("assay", "params", OTHER).communicate(),
    "git checkout": lambda copy: copy.start("git", "checkout", "--force", "other").communicate(),
    "an edit": edit,
}


def prepared(folder: Path) -> Copy:
    """The cheap line, run and committed; the branch `other` has the other parameter, run and committed too."""
    copy = cheapened(copy_of_the_tree(folder))
    copy.run("git", "checkout", "--quiet", "-b", "other")
    copy.run("assay", "params", OTHER)
    copy.repro()
    copy.commit("Other folds")
    copy.run("git", "checkout", "--quiet", "main")
    copy.run("dvc", "checkout", "--quiet")
    return copy


def race(copy: Copy, run: tuple[str, ...], interfere: Callable[[Copy], object], delay: float) -> str:
    """How the run ended."""
    process = copy.start(*run)
    time.sleep(delay)
    over = process.poll() is not None
    interfere(copy)
    _, said = process.communicate()
    if over:
        return "was over"
    refused = [line for line in said.splitlines() if "changed" in line or "is not what" in line or "said of" in line]
    return "ended well" if process.returncode == 0 else "found it" if refused else f"failed: {said[-200:]}"


def main(rounds: int) -> None:
    """Print what became of each."""
    draw = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        line = prepared(Path(folder, "line"))
        for name, run in RUNS.items():
            start = time.perf_counter()
            line.fork(Path(folder, f"timed-{run[1]}")).run(*run)
            lasts = time.perf_counter() - start
            for other, interfere in MEANWHILE.items():
                ended, false = Counter[str](), []
                for number in range(rounds):
                    copy = line.fork(Path(folder, f"{run[1]}-{other}-{number}".replace(" ", "-")))
                    ended[race(copy, run, interfere, draw.uniform(0.2, lasts))] += 1
                    false += false_records(copy)
                print(f"{name:12} x {other:12} {dict(ended)!s:50} false records: {false or 'none'}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
