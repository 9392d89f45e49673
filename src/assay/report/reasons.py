"""The worst errors on the test fold, each with the reasons for its score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assay.bundle.reasons import Explanation
from assay.paths import SCORE
from assay.records.columns import CODE_RESOLVED, RECORD_ID

MISSED, FALSE_ALARM = "missed", "false alarm"


@dataclass(frozen=True)
class Example:
    """A record whose decision was wrong: which error it is, its score, its code in words, and the reasons."""

    error: str
    record_id: str
    score: float
    code: str
    explanation: Explanation


@dataclass(frozen=True)
class Worst:
    """The worst errors, and how many there are of each kind; or why the model has no exact reasons.

    sum_of: what the contributions of an example add up to.
    """

    examples: Sequence[Example]
    counts: Mapping[str, int]
    without: str | None = None
    sum_of: str = "the log odds of the score"

    @property
    def pictured(self) -> dict[str, Example]:
        """The first example of each error, by the name of its picture."""
        found = {error: next((one for one in self.examples if one.error == error), None) for error in self.counts}
        return {f"reasons_{error.replace(' ', '_')}": one for error, one in found.items() if one}


def errors(test: pd.DataFrame, threshold: float) -> dict[str, pd.DataFrame]:
    """The wrong decisions on graded records, by kind; the worst first, that is, the missed one with the lowest score.

    test: `record_id`, `label`, `excluded`, `score`.
    """
    graded = test[test["excluded"] == ""]
    alert, positive = graded[SCORE] >= threshold, graded["label"].astype(bool)
    return {
        MISSED: graded[positive & ~alert].sort_values([SCORE, RECORD_ID]),
        FALSE_ALARM: graded[~positive & alert].sort_values([SCORE, RECORD_ID], ascending=[False, True]),
    }


def worst_of(
    batches: Iterable[pd.DataFrame], threshold: float, most: int
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """The worst wrong decisions by kind, `most` of each at most, and how many there are; batches: as `errors` wants."""
    found: dict[str, pd.DataFrame] = {}
    counts = dict.fromkeys((MISSED, FALSE_ALARM), 0)
    for batch in batches:
        for kind, table in errors(batch, threshold).items():
            counts[kind] += len(table)
            rivals = pd.concat([found[kind], table.head(most)]) if kind in found else table.head(most)
            found[kind] = errors(rivals, threshold)[kind].head(most)
    return found, counts


def in_words(code: str, config: Mapping[str, Any]) -> str:
    """A code with its meaning, as the policy reads codes; config: of the bundle.

    >>> in_words("AF", {"labels": {"codes": "letters"}, "dataset": {"codes": {"A": "hyper", "F": "hypo"}}})
    'AF: hyper, hypo'
    """
    known = config["dataset"]["codes"]
    parts = [code] if config["labels"]["codes"] == "whole" or code in known else list(code)
    meanings = [known[part] for part in parts if part in known]
    return f"{code}: {', '.join(meanings)}" if meanings else code


def worst(
    found: Mapping[str, pd.DataFrame],
    counts: Mapping[str, int],
    explanations: Mapping[str, Explanation],
    bundle: Mapping[str, Any],
) -> Worst:
    """The examples of the errors that are explained, by record id; counts: of all errors, by kind."""
    examples = [
        Example(error, row[RECORD_ID], row[SCORE], in_words(row.get(CODE_RESOLVED, ""), bundle["config"]), explanation)
        for error, table in found.items()
        for row in table.to_dict("records")
        if (explanation := explanations.get(row[RECORD_ID]))
    ]
    own = "the log odds of the model, which are then recalibrated" if bundle.get("recalibration") else Worst.sum_of
    return Worst(examples, counts, bundle.get("without_reasons"), own)
