"""The rule by which `assay choose` decides; it knows nothing of models, only their figures.

The one-standard-error rule (Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984, section
3.4.3), with the standard error of the paired difference, since all candidates are scored on the same records. It does
not pay to be the luckiest of many: whatever is within noise of the best is as good, and the simplest of those wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay.compare.paired import verdict_on
from assay.errors import AssayError, sample
from assay.statistics.bootstrap import Estimate, optimism

RULE = (
    "The best candidate has the highest average precision out of fold, averaged over seeds. A candidate is as good as "
    "the best if it is behind by at most one standard error of their paired difference. The incumbent stays if it is "
    "as good as the best. Otherwise, of the candidates that are as good as the best, those of the simplest group "
    "remain, and the highest of them is chosen; of equal ones the first."
)


@dataclass(frozen=True)
class Judged:
    """A candidate beside the best and the incumbent, in average precision.

    behind: best less candidate; error: the standard error of that. gain: candidate less incumbent.
    """

    name: str
    group: int
    found: Estimate
    behind: Estimate
    gain: Estimate

    @property
    def error(self) -> float:
        """Over the resamples that define it; 0 if none does."""
        defined = self.behind.resampled[np.isfinite(self.behind.resampled)]
        return float(defined.std()) if defined.size else 0.0

    @property
    def as_good(self) -> bool:
        """Whether the candidate is within one standard error of the best."""
        return self.behind.value <= self.error

    def verdict(self, confidence: float) -> str:
        """Whether the candidate is distinguishable from the incumbent."""
        return verdict_on(self.gain, confidence)


@dataclass(frozen=True)
class Decision:
    """The choice among the candidates, the incumbent first.

    optimism: how much of the best figure is luck.
    """

    candidates: Sequence[Judged]
    best: Judged
    chosen: Judged
    optimism: float

    @property
    def incumbent(self) -> Judged:
        return self.candidates[0]


def decide(found: Mapping[str, Estimate], groups: Mapping[str, int]) -> Decision:
    """Apply the rule. found: of each candidate by name, the incumbent first, on the same resamples.

    groups: the place of each candidate's group, 0 for the incumbent. AssayError if a figure is undefined, as average
    precision is without positives.
    """
    names = list(found)
    if undefined := [name for name, one in found.items() if not np.isfinite(one.value)]:
        raise AssayError(
            f"nothing can be chosen where a figure is undefined: {sample(undefined)}",
            where="data/split",
            todo="decide on labels or folds that leave positives in train and validation",
        )
    best = max(names, key=lambda name: found[name].value)
    judged = {
        name: Judged(name, groups[name], one, found[best].minus(one), one.minus(found[names[0]]))
        for name, one in found.items()
    }
    as_good = [one for one in judged.values() if one.as_good]
    simplest = min(one.group for one in as_good)
    chosen = max((one for one in as_good if one.group == simplest), key=lambda one: one.found.value)
    return Decision(list(judged.values()), judged[best], chosen, optimism(list(found.values())))
