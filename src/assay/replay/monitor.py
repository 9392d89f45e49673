"""The monitor of `assay monitor` in a replay: `monitored` makes it a `policies.Decide`.

It compares with the records that the champion was fitted on, as its bundle would describe them, and looks at all that
the champion has scored, as at a prediction log. Its settings are those of production (`criteria.monitoring`).
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.bundle import reference as bundled
from assay.contract.population import grouped
from assay.files import plain
from assay.monitoring.command import counted_and_met
from assay.monitoring.decision import Decision
from assay.monitoring.judging import judged
from assay.monitoring.known import Training, training
from assay.monitoring.pieces import Piece
from assay.records.columns import RECORD_ID
from assay.records.folds import TRAIN
from assay.replay.policies import Decide, Reference, Seen, Served

if TYPE_CHECKING:
    from assay.config.schema import Monitoring


def monitored(
    criteria: "Monitoring", titles: Mapping[str, Mapping[str, Any]], slices: Mapping[str, list[int]] | None = None
) -> Decide:
    """titles: what readers see in place of the names of features (`assay.datasets.Title`). slices: of the contract."""
    of_champion = cache(lambda one: known(one, titles, slices))

    def decide(seen: Seen) -> Decision:
        training: Training = of_champion(seen.reference)
        piece = piece_of(seen.served, training.threshold.value)
        arrived = labels_of(seen.served)
        counts, labelled = counted_and_met([piece], training, arrived if len(arrived) else None)
        return judged(counts, training, criteria, labelled).decision

    return decide


def known(
    one: Reference, titles: Mapping[str, Mapping[str, Any]], slices: Mapping[str, list[int]] | None = None
) -> Training:
    """The training as a bundle of the champion would tell it; each record counts once, as those that arrive do."""
    seen = pd.DataFrame({"score": one.scores, "label": one.y, "fold": TRAIN, "date": pd.to_datetime(one.days)})
    content = bundled.reference(one.X, None, seen, one.threshold.value, grouped=grouped(one.X, slices or {}))
    of_features = {name: title for name, title in titles.items() if name in one.X}
    return training(plain(content), of_features, one.threshold, refit=True, edges=slices)


def piece_of(served: Served, threshold: float) -> Piece:
    """The records as they would stand in a prediction log."""
    return Piece(
        days=served.days.astype("datetime64[D]"),
        ids=served.X.index.to_numpy("object"),
        scores=served.scores,
        alerts=served.scores >= threshold,
        features={str(name): column.array for name, column in served.X.items()},
        places=np.arange(len(served.scores)),
        faults={},
        changed={},
    )


def labels_of(served: Served) -> pd.DataFrame:
    """The labels that have come, as of `assay.monitoring.arrived_labels`."""
    there = ~np.isnan(served.labels)
    index = pd.Index(served.X.index[there].astype("str"), name=RECORD_ID)
    return pd.DataFrame({"label": served.labels[there] == 1, "ungradable": False}, index)
