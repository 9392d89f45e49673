"""The class of a record under a policy, and how classes differ between two annotated tables."""

from collections import Counter
from typing import Any

import pandas as pd

from assay.labels.precedence import DECIDED_BY, DISPUTED, KINDS
from assay.records.columns import RECORD_ID, UNGRADABLE

POSITIVE, NEGATIVE, EXCLUDED = "positive", "negative", "excluded"
Flips = dict[tuple[str, str], int]


def classes(labels: pd.DataFrame) -> "pd.Series[str]":
    """The class of each annotated record (str): positive, negative, ungradable, or excluded from the population.

    labels: `label` (bool) and `excluded` (str, "" if not), as `assay.labels.policy.annotate` returns them.

    >>> labels = pd.DataFrame({"label": [True, False, False], "excluded": ["", "", "treated"]})
    >>> classes(labels).tolist()
    ['positive', 'negative', 'excluded']
    """
    named = labels["label"].map({True: POSITIVE, False: NEGATIVE})
    inside = named.where(labels["excluded"] == "", EXCLUDED)
    return inside.mask(labels["excluded"] == UNGRADABLE, UNGRADABLE)


def flips(before: pd.DataFrame, after: pd.DataFrame) -> Flips:
    """The number of records for each change of class; before, after: annotated tables with the same index."""
    one, other = classes(before), classes(after)
    differ = one != other  # of few records
    return dict(sorted(Counter(zip(one[differ], other[differ], strict=True)).items()))


def in_words(changed: Flips) -> dict[str, int]:
    """The changes with keys like "negative to positive", for JSON."""
    return {f"{before} to {after}": count for (before, after), count in changed.items()}


class Effect:
    """The effect of decisions, batch by batch: records by what decided their code, disputed ones, changes of class."""

    def __init__(self) -> None:
        self.by: Counter[str] = Counter()
        self.disputed: list[str] = []
        self.changed: Counter[tuple[str, str]] = Counter()

    def add(self, by_source: pd.DataFrame, labels: pd.DataFrame) -> None:
        """labels: annotated records. by_source: those that decisions are about, annotated without them."""
        self.by.update(counted(labels))
        self.disputed += labels.loc[labels[DECIDED_BY] == DISPUTED, RECORD_ID].tolist()
        self.changed.update(flips(by_source, labels.loc[by_source.index]))

    def stated(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "decided_by": {kind: self.by[kind] for kind in KINDS},
            "disputed": self.disputed,
            "labels_changed": in_words(dict(sorted(self.changed.items()))),
        }


def counted(labels: pd.DataFrame) -> dict[str, int]:
    """The number of records by what decided their code, for each of `KINDS`."""
    found = labels[DECIDED_BY].value_counts()
    return {kind: int(found.get(kind, 0)) for kind in KINDS}
