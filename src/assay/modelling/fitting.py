"""How one model is fitted on records and scores them: in memory here, out of core in `assay.engine.train`."""

from typing import Any, Protocol, Self

import numpy as np
import pandas as pd

from assay.bundle.model_names import for_model
from assay.bundle.scoring import score_and_log_odds
from assay.modelling.building import build
from assay.modelling.early_stopping import Curve, fit_watching
from assay.modelling.records import Records
from assay.modelling.weights import Weight, of_fit


class RecordSet(Protocol):
    """Records with their labels y (n,), groups and weights in memory; features are there too, or on the disk."""

    @property
    def y(self) -> pd.Series:
        """0 or 1, (n,)."""

    @property
    def groups(self) -> pd.Series | None:
        """The group of each record, (n,)."""

    @property
    def weight(self) -> Weight:
        """How many records each one represents, (n,)."""

    def rows(self, chosen: np.ndarray) -> Self:
        """The records at these positions, which are in order."""

    def followed_by(self, other: Self) -> Self:
        """These records, then the others."""


class Fitting(Protocol):
    """Fits models on sets of records of one kind, and scores them.

    sample: of how many of them it fits; 0: of all. partitions: into how many it divides them, for a process each.
    """

    @property
    def sample(self) -> int: ...

    @property
    def partitions(self) -> int: ...

    def fitted(self, model: dict[str, Any], records: Any) -> Any:
        """A new estimator, fitted on all of the records; AssayError if it cannot be made or takes no weights."""

    def watched(self, model: dict[str, Any], train: Any, validation: Any) -> tuple[Any, Curve]:
        """One that is fitted on `train` with early stopping on `validation`, and the losses of each round."""

    def scored(self, estimator: Any, records: Any) -> tuple[np.ndarray, np.ndarray]:
        """The score and the log odds of each record, (n,)."""


class InMemory:
    """The features of all records are one table in memory."""

    sample, partitions = 0, 1

    def fitted(self, model: dict[str, Any], records: Records) -> Any:
        """As of `Fitting`."""
        return fitted(model, records)

    def watched(self, model: dict[str, Any], train: Records, validation: Records) -> tuple[Any, Curve]:
        """As of `Fitting`."""
        estimator = build(model)
        return estimator, fit_watching(estimator, train, validation)

    def scored(self, estimator: Any, records: Records) -> tuple[np.ndarray, np.ndarray]:
        """As of `Fitting`."""
        return score_and_log_odds(estimator, records.X)


IN_MEMORY = InMemory()


def fitted(model: dict[str, Any], records: Records) -> Any:
    """A new estimator, fitted on all of the records."""
    estimator = build(model)
    return estimator.fit(for_model(estimator, records.X), records.y, **of_fit(estimator, records.weight))
