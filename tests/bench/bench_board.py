"""How soon the board's pages are ready: python tests/bench board [--experiments 1000] [--predictions 100000]

In Chromium, from the request to the loaded page, beside git that reads the files of the same references; all in one
run, so that the ratios mean something on a busy machine too. Each time is the median of several.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from assay.board.app import Server
from assay.board.site import here
from assay.git import git
from board_repository import PREDICTIONS, Repository, make
from chromium import CHROMIUM
from small_line import run_small_line
from web_serving import running

TIMES = 5
READ = ("params.yaml", "reports/out_of_fold.json", "reports/metrics.json", "reports/intervals.json")


def prepared(folder: Path, experiments: int, predictions: int) -> Repository:
    """A repository with so many experiments, whose models scored so many records out of fold."""
    line = folder / "line"
    run_small_line(line)
    path = line / PREDICTIONS / "out_of_fold.parquet"
    table = pd.read_parquet(path)
    times = -(-predictions // len(table))
    pd.concat([table] * times, ignore_index=True).head(predictions).to_parquet(path, index=False)
    made = make(line, folder / "repository")
    made.many(experiments)
    return made


def by_git(root: Path) -> float:
    """Seconds in which git lists the references and reads the files of each."""
    start = time.perf_counter()
    shas = git(root, "for-each-ref", "--format=%(objectname)").splitlines()
    names = "".join(f"{sha}:{path}\n" for sha in shas for path in READ)
    subprocess.run(
        ["git", "cat-file", "--batch"], cwd=root, input=names.encode(), stdout=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - start


def median(measured: Callable[[], float]) -> float:
    return statistics.median(measured() for _ in range(TIMES))


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=1000)
    parser.add_argument("--predictions", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        made = prepared(Path(temporary), asked.experiments, asked.predictions)
        import os

        os.chdir(made.root)
        git_takes = median(lambda: by_git(made.root))
        print(f"git reads {asked.experiments} experiments in {git_takes * 1000:.0f} ms")
        with sync_playwright() as playwright, Server(here(made.root)) as server, running(server):
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = chromium.new_context(viewport={"width": 1280, "height": 860}).new_page()

            def load(view: str) -> float:
                start = time.perf_counter()
                page.goto(server.address + view, wait_until="load")
                return time.perf_counter() - start

            first = load("")
            print(f"experiments, the first time: {first * 1000:.0f} ms, {first / git_takes:.1f} times git")
            for view in ("", "?test=1", "parameters", "revision/HEAD", "compare", "labels", "models", "watch"):
                takes = median(lambda view=view: load(view))
                print(f"{view or 'experiments'}: {takes * 1000:.0f} ms, {takes / git_takes:.1f} times git")
            chromium.close()


if __name__ == "__main__":
    main()
