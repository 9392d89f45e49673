"""A sweep's log: a line for each change of an experiment's state, so that a killed sweep can be continued."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assay.errors import about

RUNNING, DONE, PRUNED, FAILED = "running", "done", "pruned", "failed"


@dataclass(frozen=True)
class Entry:
    """The state of an experiment at one time.

    metrics: out of fold, on train and validation. predictions: the MD5, in DVC's cache, of the scores behind them. The
    state "pruned" means that a search gave it up half-way; DVC has no such experiment.
    """

    experiment: str
    state: str
    overrides: list[str]
    baseline: str
    seconds: float | None = None
    error: str = ""
    log: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    predictions: str = ""


class SweepLog:
    """Appends entries to a file, each on disk before the call returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, entry: Entry) -> None:
        """Append the entry with the time."""
        line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(entry)})
        with about(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def last(self, baseline: str) -> dict[str, Entry]:
        """The last entry of each experiment on a commit."""
        return {entry.experiment: entry for entry in self.entries() if entry.baseline == baseline}

    def entries(self) -> list[Entry]:
        """The last entry of each experiment on each commit; a line that a crash cut short is ignored."""
        entries: dict[tuple[str, str], Entry] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []:
            try:
                values = json.loads(line)
            except ValueError:
                continue
            values.pop("time")
            entries[values["baseline"], values["experiment"]] = Entry(**values)
        return list(entries.values())
