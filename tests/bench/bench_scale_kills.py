"""The line on a large table, killed at random moments and started again: python tests/bench scale_kills 5000000

From raw table to model: `engine=stream`, whose whole process group is killed, again and again until it has ended; then
`engine=dask` on a cluster on loopback, of which a worker is killed (it must end by itself), or the scheduler (it must
stop with one message, and go on with another cluster). Each time all outputs must have the hashes of a line that
nobody disturbed, and nothing half-written may be left.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import yaml

import bench_scale
from assay.config.compose import composed
from assay.files import WRITING, sha256
from dask_cluster import Cluster, cluster
from pipeline_copy import ENVIRONMENT, FRESH, Copy, copy_of_the_tree, hashes

LINE = ("dvc", "repro", "train")
STAGE = "assay.stages."
SMALL = [
    "model.n_estimators=10",
    "training.folds=2",
    "~baselines.xgboost",
    "~baselines.logistic",
    "criteria.beat_baselines=[majority,rule]",
]


def main() -> None:
    """Print each kill, and whether the line ended with the same hashes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=5_000_000)
    parser.add_argument("--kills", type=int, default=10, help="of the line; of worker and scheduler half as many each")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        start = large(Path(folder), given.rows)
        with fresh(start, "stream") as copy:
            began = time.monotonic()
            copy.run(*LINE)
            seconds, expected = time.monotonic() - began, outputs(copy)
        print(f"{given.rows:,} rows, undisturbed: {seconds:.0f} s, {len(expected)} outputs", flush=True)
        kills = 0
        while kills < given.kills:
            with fresh(start, "stream") as copy:
                # The first while the data stages run, which are short beside train.
                kills += kill_line(copy, [chance.uniform(*part) * seconds for part in ((0.02, 0.3), (0.05, 1))])
                judge(copy, expected)
        for _ in range(-(-given.kills // 2)):
            for kill in (kill_worker, kill_scheduler):
                with fresh(start, "dask") as copy:
                    kill(copy, chance.uniform(0.05, 0.7) * seconds)
                    judge(copy, expected)


def large(folder: Path, rows: int) -> Copy:
    """A repository with the settings for a large table, which has not run."""
    raw = bench_scale.enlarged(folder, rows)
    (folder / "start").mkdir()
    copy = copy_of_the_tree(folder / "start")
    copy.environment["PATH"] = FRESH
    source = [f"dataset.source.uri={raw}", f"dataset.source.sha256={sha256(raw)}"]
    for engine in ("stream", "dask"):
        settings = composed([*bench_scale.CONTRACT, *SMALL, *source, f"engine={engine}"])
        (copy.path / f"{engine}.yaml").write_text(settings)
    return copy


@contextmanager
def fresh(start: Copy, engine: str) -> Iterator[Copy]:
    """A copy that has not run, removed afterwards."""
    path = start.path.with_name("copy")
    copy = start.fork(path, PATH=FRESH)
    (path / f"{engine}.yaml").rename(path / "params.yaml")
    (path / "dvc.lock").unlink()
    yield copy
    shutil.rmtree(path)


def begun(copy: Copy) -> subprocess.Popen[str]:
    """The line, in a process group of its own."""
    environment = {**ENVIRONMENT, "PYTHONPATH": str(copy.path / "src"), **copy.environment}
    said = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(LINE, cwd=copy.path, env=environment, start_new_session=True, **said)


def kill_line(copy: Copy, moments: Sequence[float]) -> int:
    """Kill the line after so many seconds of each start, then run it to its end; how often it was killed."""
    kills = 0
    for after in moments:
        process = begun(copy)
        try:
            _, err = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            stage = running(process)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
            print(f"line killed while it ran {stage}", flush=True)
            mended(copy)
        else:
            assert process.returncode == 0, err
    copy.run(*LINE)
    return kills


def running(process: subprocess.Popen[str]) -> str:
    """The stage that runs; "none" between two."""
    for one in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.Error):  # it has ended meanwhile
            for word in one.cmdline():
                if word.startswith(STAGE):
                    return word.removeprefix(STAGE)
    return "none"


def kill_worker(copy: Copy, after: float) -> None:
    """The line must end by itself."""
    code, err = run_and_kill(copy, after, "worker", lambda two: two.workers[0])
    assert code == 0, err


def kill_scheduler(copy: Copy, after: float) -> None:
    """The line must stop with one message, if it is not past the last use of it, and go on with another one."""
    code, err = run_and_kill(copy, after, "scheduler", lambda two: two.scheduler)
    said = [line for line in err.splitlines() if line.startswith("assay ")]
    print(f"  exit code {code}: {said}", flush=True)
    assert len(said) == (code != 0), err
    with cluster({**ENVIRONMENT, "PYTHONPATH": str(copy.path / "src")}) as others:
        connect(copy, others.address)
        copy.run(*LINE)


def run_and_kill(copy: Copy, after: float, what: str, victim: Callable[[Cluster], int]) -> tuple[int, str]:
    """Run the line on a cluster of which a process is killed after some seconds; its exit code and messages."""
    with cluster({**ENVIRONMENT, "PYTHONPATH": str(copy.path / "src")}) as two:
        connect(copy, two.address)
        process = begun(copy)
        time.sleep(after)
        print(f"{what} killed while the line ran {running(process)}", flush=True)
        os.kill(victim(two), signal.SIGKILL)
        _, err = process.communicate()
    return process.returncode, err


def connect(copy: Copy, address: str) -> None:
    """Name the scheduler in the settings."""
    path = copy.path / "params.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["engine"]["scheduler"] = address
    path.write_text(yaml.safe_dump(settings, sort_keys=False))


def outputs(copy: Copy) -> dict[str, str]:
    """The hash of each output but statements, which say which engine ran."""
    lock = copy.path / "dvc.lock"
    found = hashes(lock.read_text()) if lock.exists() else {}
    return {path: md5 for path, md5 in found.items() if "lineage" not in path}


def mended(copy: Copy) -> None:
    """What a user does after a kill. It may take the settings, which are of no commit, for those of an experiment."""
    settings = (copy.path / "params.yaml").read_text()
    copy.start("assay", "doctor", "--mend").communicate()
    (copy.path / "params.yaml").write_text(settings)


def judge(copy: Copy, expected: dict[str, str]) -> None:
    """Print whether the outputs are those of an undisturbed line, and what is left of killed ones."""
    found = outputs(copy)
    differ = sorted(path for path in expected if found.get(path) != expected[path])
    mended(copy)
    left = list((copy.path / "data").rglob(f"{WRITING}*"))
    verdict = f"OTHER: {differ}" if differ else "the same hashes"
    print(f"  ended with {verdict}; half-written after assay doctor: {len(left)}", flush=True)


if __name__ == "__main__":
    main()
