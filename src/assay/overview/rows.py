"""A row of the overview: one revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assay.experiments.parameters import Changes

WORKSPACE, COMMIT, BRANCH, TAG, EXPERIMENT = KINDS = ("workspace", "commit", "branch", "tag", "experiment")
# stopped: somebody takes it to be running, and its process is gone. stale: its results are not of its parameters.
# damaged: it is done, and a file of it cannot be read.
QUEUED, STOPPED, STALE, DAMAGED = "queued", "stopped", "stale", "damaged"
Interval = tuple[float, float]


@dataclass(frozen=True)
class Figures:
    """Values by name (metrics, and counts of records), and 95 % intervals of some of them; NaN where undefined."""

    values: Mapping[str, float] = field(default_factory=dict)
    intervals: Mapping[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A revision: the workspace, a commit with experiments, a branch, a tag, or an experiment in any state.

    sha: its commit; of a run that is not done the commit, if any, with its parameters; "" for the workspace.
    base: the commit against which `changes` are: of an experiment that from which it started, else HEAD.
    changes: parameters by dotted key to (base, here); None if one of the two cannot be read. changed: the same as one
    would type it. params: all parameters by dotted key. figures: out of fold, on train and validation, by which
    experiments are chosen. test: on the test fold, never to choose by. seconds: what the run took, if that is known.
    note: the subject of a commit, or why a run has failed or a file cannot be read. log: the file with a run's output.
    """

    name: str
    kind: str
    state: str
    sha: str = ""
    base: str = ""
    time: datetime | None = None
    changes: Changes | None = None
    changed: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)
    test: Figures = field(default_factory=Figures)
    seconds: float | None = None
    note: str = ""
    log: str = ""

    @property
    def group(self) -> str:
        """The commit to which it belongs: an experiment to its base, another row to its own commit, or HEAD."""
        return self.base if self.kind in (EXPERIMENT, WORKSPACE) else self.sha
