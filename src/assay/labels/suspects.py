"""Which labels most deserve a person's second look, by scores of models that had not learned from the record.

Suspects are likely label errors: Northcutt, Jiang and Chuang, "Confident learning" (Journal of Artificial Intelligence
Research 70, 2021), by cleanlab. Borderline cases are those of which a model is least certain: uncertainty sampling,
Lewis and Gale, "A sequential algorithm for training text classifiers" (SIGIR 1994). Neither changes a label.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.labels.precedence import DECIDED_BY, SINGLE, SOURCE
from assay.records.columns import RECORD_ID

if TYPE_CHECKING:
    from assay.config.schema import Review

SUSPECT, BORDERLINE, SECOND = REASONS = "suspect", "borderline", "second"
RANK, REASON = "rank", "reason"
SMALLEST = 1e-6  # least distance of a score from 0 and 1: files keep six decimals


def queue(seen: pd.DataFrame, scores: pd.Series, threshold: float, config: "Review") -> pd.DataFrame:
    """Records to review, best first: `record_id` (str), `rank` (int64, from 1), `reason` (str); the reasons take turns.

    seen: records scored out of fold, with `record_id`, `label` (0 or 1) and `decided_by`. scores: of the same records.
    Records on which two people agree or differ, or that an adjudicator has settled, are left out; those on which one
    person has decided are listed for a second decision.
    """
    label, place = seen["label"].to_numpy(), scores.to_numpy()
    settled = seen.index[~seen[DECIDED_BY].isin([SOURCE, SINGLE])]
    suspects = _first(seen.index[ranked(label, place)], config.suspects, settled)
    borderline = _first(seen.index[uncertain(place, threshold)], config.borderline, settled.append(suspects))
    second = seen.index[seen[DECIDED_BY] == SINGLE].difference(suspects.append(borderline), sort=False)
    listed = [
        pd.DataFrame({RECORD_ID: seen.loc[rows, RECORD_ID], "place": range(len(rows)), REASON: reason})
        for rows, reason in zip((suspects, borderline, second), REASONS, strict=True)
    ]
    turns = pd.concat(listed).sort_values("place", kind="stable")
    named = turns.assign(**{RANK: range(1, len(turns) + 1)})[[RECORD_ID, RANK, REASON]]
    return named.astype({RECORD_ID: "str", RANK: "int64", REASON: "str"}).reset_index(drop=True)


def ranked(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Positions (n,) of all records, the likeliest label error first.

    labels: (n,), 0 or 1. scores: (n,), the probability of 1, from a model that had not learned from the record.
    """
    from cleanlab.rank import get_label_quality_scores

    quality = get_label_quality_scores(labels, _both(scores), method="self_confidence")
    return np.argsort(quality, kind="stable")


def estimated_errors(labels: np.ndarray, scores: np.ndarray) -> int:
    """The estimated number of wrong labels, from the confident joint; arguments as for `ranked`."""
    from cleanlab.count import num_label_issues

    return int(num_label_issues(labels, _both(scores)))


def uncertain(scores: np.ndarray, threshold: float) -> np.ndarray:
    """Positions (n,) of all records, the score nearest to the threshold (in log-odds) first.

    >>> uncertain(np.array([0.9, 0.35, 0.01]), threshold=0.3).tolist()
    [1, 0, 2]
    """
    return np.argsort(np.abs(_log_odds(scores) - _log_odds(np.array(threshold))), kind="stable")


def counts(listed: pd.DataFrame, seen: pd.DataFrame, scores: pd.Series) -> dict[str, Any]:
    """The size of the queue by reason and by fold, and the estimated number of wrong labels among all."""
    folds = seen.loc[seen[RECORD_ID].isin(listed[RECORD_ID]), "fold"].astype("str")
    return {
        "records": len(seen),
        "estimated_label_errors": estimated_errors(seen["label"].to_numpy(), scores.to_numpy()),
        "queue": {
            "records": len(listed),
            "by_reason": {reason: int((listed[REASON] == reason).sum()) for reason in REASONS},
            "by_fold": {str(name): int(count) for name, count in folds.value_counts().sort_index().items()},
        },
    }


def _first(rows: pd.Index, count: int, without: pd.Index) -> pd.Index:
    return rows[~rows.isin(without)][:count]


def _both(scores: np.ndarray) -> np.ndarray:
    return np.stack([1 - scores, scores], axis=1)


def _log_odds(scores: np.ndarray) -> np.ndarray:
    inside = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return np.log(inside / (1 - inside))
