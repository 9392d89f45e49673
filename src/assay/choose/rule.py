"""The rule by which `assay choose` decides; it knows nothing of models, only their figures.

The one-standard-error rule (Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984, section
3.4.3), with the standard error of the paired difference, since all candidates are scored on the same records. It does
not pay to be the luckiest of many: whatever is within noise of the best is as good, and the simplest of those wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay.compare.paired import verdict_on
from assay.statistics.bootstrap import Estimate, optimism

RULE = (
    "The best candidate has the highest average precision out of fold, averaged over seeds. A candidate is as good as "
    "the best if it is behind by at most one standard error of their paired difference. The incumbent stays if it is "
    "as good as the best. Otherwise the first group in which a candidate is as good as the best gives its highest."
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
        return float(np.nanstd(self.behind.resampled))

    @property
    def as_good(self) -> bool:
        """Whether the candidate is within one standard error of the best."""
        return self.behind.value <= self.error

    def verdict(self, confidence: float) -> str:
        """Whether the candidate is distinguishable from the incumbent."""
        return verdict_on(self.gain, confidence)


@dataclass(frozen=True)
class Decision:
    """What was chosen among the candidates, the incumbent first.

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

    groups: the place of each candidate's group, 0 for the incumbent.
    """
    names = list(found)
    best = max(names, key=lambda name: found[name].value)
    judged = {
        name: Judged(name, groups[name], one, found[best].minus(one), one.minus(found[names[0]]))
        for name, one in found.items()
    }
    as_good = [one for one in judged.values() if one.as_good]
    simplest = min(one.group for one in as_good)
    chosen = max((one for one in as_good if one.group == simplest), key=lambda one: one.found.value)
    return Decision(list(judged.values()), judged[best], chosen, optimism(list(found.values())))
