"""The setting of a sweep: repository, commit, cache, workers and files."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assay.config.names import require_name
from assay.sweep.log import SweepLog

FOLDER = Path(".assay/sweeps")


@dataclass(frozen=True)
class Setting:
    """A sweep's name, root of the repository, commit from which experiments start, DVC's cache, number of workers.

    AssayError if the name is not valid, because files get it.
    """

    name: str
    root: Path
    baseline: str
    cache: Path
    jobs: int

    def __post_init__(self) -> None:
        require_name(self.name, "the name of the sweep")

    def file(self, kind: str) -> Path:
        """The sweep's file or folder of a kind: its log (jsonl), logs of experiments, work."""
        return self.root / FOLDER / f"{self.name}.{kind}"

    @cached_property
    def ledger(self) -> SweepLog:
        """The log of the sweep."""
        return SweepLog(self.file("jsonl"))
