"""Runs a revision afresh, compares every output with its dvc.lock, and writes a receipt."""

import json
import platform
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assay.errors import sample
from assay.experiments.clones import clone, repro
from assay.experiments.revisions import commit
from assay.files import plain, yaml_mapping
from assay.git import git
from assay.lineage.graph import LOCK
from assay.lineage.libraries import versions
from assay.paths import REPORTS
from assay.presentation import markdown
from assay.presentation.markdown import Markdown

RECEIPTS = Path(".assay/receipts")
FILES_SHOWN = 8
DIFFERENT = Markdown("**different**")
METRICS = str(REPORTS / "metrics.json")


@dataclass(frozen=True)
class Output:
    """An output of dvc.lock: the recorded hash, and the hash after a fresh run ("" if there is none)."""

    stage: str
    path: str
    recorded: str
    found: str

    @property
    def identical(self) -> bool:
        return self.recorded == self.found


@dataclass(frozen=True)
class Receipt:
    """The result of a fresh run.

    rewritten: committed files that the run changed. moved: metrics that differ, as (recorded, found).
    """

    revision: str
    seconds: float
    outputs: list[Output]
    rewritten: list[str]
    moved: dict[str, tuple[float | None, float | None]]

    @property
    def identical(self) -> bool:
        return not self.rewritten and all(output.identical for output in self.outputs)


def verify(root: Path, revision: str) -> Receipt:
    """Clone the revision into a temporary folder, run it without a cache, and compare; AssayError if it cannot run."""
    sha = commit(revision)
    recorded = {name: git(root, "show", f"{sha}:{name}") for name in (LOCK, METRICS)}
    with tempfile.TemporaryDirectory(prefix="assay-verify-") as folder:
        copy = Path(folder, "clone")
        clone(root, copy, sha)
        start = time.perf_counter()
        repro(copy, sha, "--force")
        seconds = time.perf_counter() - start
        found = {name: (copy / name).read_text() for name in recorded}
        changed = rewritten(copy)
    same = outputs(recorded[LOCK], found[LOCK])
    return Receipt(sha, seconds, same, changed, moved(recorded[METRICS], found[METRICS]))


def rewritten(folder: Path, *paths: str) -> list[str]:
    """The files (of some `paths`) in which a working copy differs from its commit."""
    status = git(folder, "status", "--porcelain", "--untracked-files=all", "--", *paths)
    return [line[3:] for line in status.splitlines()]


def outputs(recorded: str, found: str) -> list[Output]:
    """Every output of the recorded dvc.lock, with its hash in the other one."""
    fresh = {path: md5 for _, path, md5 in recorded_outputs(found)}
    return [Output(stage, path, md5, fresh.get(path, "")) for stage, path, md5 in recorded_outputs(recorded)]


def moved(recorded: str, found: str) -> dict[str, tuple[float | None, float | None]]:
    """The metrics that differ, with both values; None if a side has none."""
    before, after = _metrics(recorded), _metrics(found)
    names = [*before, *(name for name in after if name not in before)]
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def as_data(receipt: Receipt) -> dict[str, Any]:
    """The receipt as plain data, with machine and versions."""
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
            "rewritten": receipt.rewritten,
            "metrics_moved": receipt.moved,
        }
    )


def as_markdown(receipt: Receipt) -> Markdown:
    """The table of outputs and, if bytes differ, how far the metrics moved."""
    same = sum(output.identical for output in receipt.outputs)
    heading = Markdown(f"### {receipt.revision[:10]}: {same} of {len(receipt.outputs)} outputs identical")
    more = [] if receipt.identical else [differences(receipt.rewritten, receipt.moved)]
    return Markdown("\n\n").join([heading, table(receipt.outputs), *more])


def table(outputs: list[Output]) -> Markdown:
    """Outputs with their hashes."""
    rows = [
        (one.stage, one.path, one.recorded[:12], one.found[:12] or "none", "identical" if one.identical else DIFFERENT)
        for one in outputs
    ]
    return markdown.table(["stage", "output", "recorded", "found", ""], rows)


def differences(files: list[str], metrics: dict[str, tuple[float | None, float | None]]) -> Markdown:
    """The committed files that a run changed, and how far the metrics moved."""
    named = sample(files, FILES_SHOWN) or "none"
    rewritten = Markdown("Committed files that the run left otherwise: {}.").format(named)
    if not metrics:
        return rewritten + Markdown("\n\nNo metric moved, to six decimals.")
    rows = [(name, before, after, _movement(before, after)) for name, (before, after) in metrics.items()]
    return Markdown("\n\n").join([rewritten, markdown.table(["metric", "recorded", "found", "moved by"], rows)])


def _movement(before: float | None, after: float | None) -> str:
    return "–" if before is None or after is None else f"{after - before:+.6f}"


def _metrics(text: str) -> dict[str, float]:
    try:
        return json.loads(text)
    except ValueError:  # such as a file with marks of a merge, which is named among the rewritten ones
        return {}


def recorded_outputs(lock: str) -> list[tuple[str, str, str]]:
    """Stage, path and MD5 of each output in the text of a dvc.lock."""
    stages = yaml_mapping(lock)["stages"]
    return [(stage, out["path"], out["md5"]) for stage, content in stages.items() for out in content["outs"]]
