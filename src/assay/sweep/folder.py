"""Where a sweep runs, and where its files are."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assay.config.names import require_name
from assay.sweep.log import SweepLog

FOLDER = Path(".assay/sweeps")


@dataclass(frozen=True)
class Setting:
    """Where a sweep runs: its name, root of the repo, commit of the baseline, DVC's cache, number of workers.

    AssayError if the name is none: files are called by it.
    """

    name: str
    root: Path
    baseline: str
    cache: Path
    jobs: int

    def __post_init__(self) -> None:
        require_name(self.name, "the name of the sweep")

    def file(self, kind: str) -> Path:
        """The sweep's own file or folder of a kind: its ledger (jsonl), logs, work."""
        return self.root / FOLDER / f"{self.name}.{kind}"

    @cached_property
    def ledger(self) -> SweepLog:
        """What happened so far."""
        return SweepLog(self.file("jsonl"))
