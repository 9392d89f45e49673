"""Makes an experiment of a batch in a temporary clone; the workspace is not touched."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from assay.dvc_internals.repository import cache_folder
from assay.errors import AssayError
from assay.experiments.clones import clone, environment
from assay.records.folds import TIME
from assay.retraining.batch import Arrived, Batch

WORK = "work-"  # prefix of the folders of clones


def configured(plain: dict[str, Any], batch: Batch, until: str | None) -> dict[str, Any]:
    """A configuration with the batch as the last file of the source, and of the tables that it has rows of.

    until: the day of the newest record before it, from which the folds by time move on, unless they move already; None
    leaves them.
    """
    changed = deepcopy(plain)
    dataset, split = changed["dataset"], changed["split"]
    _append(dataset["source"], batch)
    for name, rows in batch.tables.items():
        _append(dataset["tables"][name]["source"], rows)
    if until and split["by"] == TIME and not split.get("data_until"):
        split["data_until"] = until
    return changed


def _append(source: dict[str, Any], file: Arrived) -> None:
    for key, value in (("uri", file.path.as_posix()), ("sha256", file.sha256)):
        before = source[key]
        source[key] = [*(before if isinstance(before, list) else [before]), value]


def run(root: Path, folder: Path, batch: Batch, params: dict[str, Any], baseline: str) -> str:
    """Run the line in a clone in `folder`, and keep it as an experiment of `root`; the commit. AssayError if it fails.

    What the line says goes to stderr.
    """
    from omegaconf import OmegaConf

    with _work(folder) as work:
        clone(root, work / "clone", baseline, cache_folder(root))
        request = {
            "files": {str(one.path): str(_written(one, work)) for one in (batch, *batch.tables.values())},
            "params": OmegaConf.to_yaml(OmegaConf.create(params)),
            "name": batch.experiment,
            "baseline": baseline,
            "message": f"Retrain with {batch.path.as_posix()}",
        }
        return _answered(work / "clone", request)


def _written(arrived: Arrived, folder: Path) -> Path:
    file = folder / arrived.path.name
    file.write_bytes(arrived.content)
    return file


def _answered(folder: Path, request: dict[str, Any]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "assay.retraining.worker"],
        cwd=folder,
        env=environment(folder),
        input=json.dumps(request),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = {"what": f"the run ended with exit code {done.returncode}", "where": "", "todo": "run it again"}
    if "commit" not in said:
        raise AssayError(
            f"the line does not run on the new data: {said['what']}", where=said["where"], todo=said["todo"]
        )
    return str(said["commit"])


@contextmanager
def _work(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def clean_up(folder: Path) -> list[str]:
    """End what a killed call has left running, and remove its clones; what was done, in words.

    Only for who holds the lock: everything there is of one that is gone.
    """
    left = sorted(folder.glob(f"{WORK}*"))
    if left:
        _end_within(folder)
    for work in left:
        shutil.rmtree(work, ignore_errors=True)
    return [f"cleaned up after a retraining that was killed: {work.name}" for work in left]


def _end_within(folder: Path) -> None:
    """Kill the processes that work in a clone there, and wait for their end: none may write into what comes next."""
    import psutil

    mine = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder):
                process.kill()
                mine.append(process)
        except (psutil.Error, OSError):
            continue  # another's, or gone
    psutil.wait_procs(mine, timeout=10)
