"""Where a sweep runs, and where its files are."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assay.experiments.ledger import Ledger

FOLDER = Path(".assay/sweeps")


@dataclass(frozen=True)
class Setting:
    """Where a sweep runs: its name, root of the repo, commit of the baseline, DVC's cache, number of workers."""

    name: str
    root: Path
    baseline: str
    cache: Path
    jobs: int

    def file(self, kind: str) -> Path:
        """The sweep's own file or folder of a kind: its ledger (jsonl), logs, work."""
        return self.root / FOLDER / f"{self.name}.{kind}"

    @cached_property
    def ledger(self) -> Ledger:
        """What happened so far."""
        return Ledger(self.file("jsonl"))
