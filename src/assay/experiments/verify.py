"""A reproduction receipt: a revision run afresh, and every output compared with its dvc.lock."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from assay.errors import AssayError
from assay.files import plain
from assay.git import git
from assay.lineage import versions
from assay.paths import REPORTS

RECEIPTS = Path(".assay/receipts")
LOCK, METRICS = "dvc.lock", str(REPORTS / "metrics.json")


@dataclass(frozen=True)
class Output:
    """An output of dvc.lock: the hash that is recorded, and the one that a fresh run gave ("" if none)."""

    stage: str
    path: str
    recorded: str
    found: str

    @property
    def identical(self) -> bool:
        return self.recorded == self.found


@dataclass(frozen=True)
class Receipt:
    """What became of a fresh run; `moved`: metric to (recorded, found) where they differ."""

    revision: str
    seconds: float
    outputs: list[Output]
    moved: dict[str, tuple[float, float]]

    @property
    def identical(self) -> bool:
        return all(output.identical for output in self.outputs)


def verify(root: Path, revision: str) -> Receipt:
    """Clone the revision somewhere else, run all of it without a cache, and compare; AssayError if it cannot run."""
    sha = git(root, "rev-parse", "--verify", f"{revision}^{{commit}}")
    recorded = {name: git(root, "show", f"{sha}:{name}") for name in (LOCK, METRICS)}
    with tempfile.TemporaryDirectory(prefix="assay-verify-") as folder:
        clone = Path(folder, "clone")
        git(root, "clone", "--quiet", "--no-checkout", str(root), str(clone))
        git(clone, "checkout", "--quiet", "--detach", sha)
        start = time.perf_counter()
        _run(clone, sha)
        seconds = time.perf_counter() - start
        found = {name: (clone / name).read_text() for name in recorded}
    return Receipt(sha, seconds, outputs(recorded[LOCK], found[LOCK]), moved(recorded[METRICS], found[METRICS]))


def outputs(recorded: str, found: str) -> list[Output]:
    """Every output of the recorded dvc.lock beside that of the other one."""
    fresh = {path: md5 for _, path, md5 in _outs(found)}
    return [Output(stage, path, md5, fresh.get(path, "")) for stage, path, md5 in _outs(recorded)]


def moved(recorded: str, found: str) -> dict[str, tuple[float, float]]:
    """The metrics that differ, with both values."""
    before, after = json.loads(recorded), json.loads(found)
    return {name: (before[name], after.get(name)) for name in before if before[name] != after.get(name)}


def as_data(receipt: Receipt) -> dict[str, Any]:
    """The receipt as plain data, with where and with what it was made."""
    return plain(
        {
            "revision": receipt.revision,
            "identical": receipt.identical,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": receipt.seconds,
            "machine": {
                "system": platform.system(),
                "machine": platform.machine(),
                "python": platform.python_version(),
            },
            "versions": versions(),
            "outputs": [{**vars(output), "identical": output.identical} for output in receipt.outputs],
            "metrics_moved": receipt.moved,
        }
    )


def as_markdown(receipt: Receipt) -> str:
    """The table of outputs, and by how far the metrics moved where bytes differ."""
    same = sum(output.identical for output in receipt.outputs)
    rows = [
        f"| {output.stage} | {output.path} | {output.recorded[:12]} | {output.found[:12] or 'none'} "
        f"| {'identical' if output.identical else '**different**'} |"
        for output in receipt.outputs
    ]
    lines = [
        f"### {receipt.revision[:10]}: {same} of {len(receipt.outputs)} outputs identical",
        "",
        "| stage | output | recorded | found | |",
        "|---|---|---|---|---|",
        *rows,
    ]
    if not receipt.identical:
        lines += ["", "Metrics that moved: " + (_movements(receipt) or "none, to six decimals.")]
    return "\n".join(lines)


def _movements(receipt: Receipt) -> str:
    return "; ".join(f"{name} {before} to {after}" for name, (before, after) in receipt.moved.items())


def _outs(lock: str) -> list[tuple[str, str, str]]:
    stages = yaml.safe_load(lock)["stages"]
    return [(stage, out["path"], out["md5"]) for stage, content in stages.items() for out in content["outs"]]


def _run(clone: Path, sha: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [sys.executable, "-m", "dvc", "repro", "--force"]
    done = subprocess.run(command, cwd=clone, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error:" in line.lower()]
        raise AssayError(
            f"the fresh run failed: {(said or [done.stderr.strip()])[0]}",
            where=f"revision {sha[:10]}",
            todo="check it out and run: dvc repro --force",
        )
