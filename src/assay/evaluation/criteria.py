"""The verdict: does a model meet the criteria?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assay.config.words import QUALITY
from assay.statistics.bootstrap import Estimate, Estimates
from assay.statistics.edges import BOOTSTRAP
from assay.statistics.metrics import RANKED_BY

if TYPE_CHECKING:
    from assay.config.schema import Criteria

MET, NOT_MET = "met", "not met"


@dataclass(frozen=True)
class Judged:
    """One criterion: what was asked, the figure with its interval, whether it is met, whether the interval settles it.

    `settled` is False where the interval includes the bound, or has no width or no end, or where too few cases are of
    one kind for a bootstrap, so that `method` is another: more records could change the answer.
    """

    criterion: str
    asked: str
    value: float
    interval: tuple[float, float]
    verdict: str
    settled: bool
    method: str = BOOTSTRAP

    @property
    def has_width(self) -> bool:
        """Whether the interval has two ends that differ; as read from JSON, an end that is not there is None."""
        low, high = self.interval
        return low is not None and high is not None and low < high


def judge(
    model: Estimates, baselines: Mapping[str, Estimates], criteria: "Criteria", confidence: float
) -> list[Judged]:
    """One result for least recall, one for most alerts, and one for each baseline that the model must beat."""
    recall, alerts = model["recall"], model["alerts_per_1000"]
    floor, ceiling = criteria.min_recall, criteria.max_alerts_per_1000
    findings = [
        _estimated("recall", f"at least {floor:g}", recall, confidence, floor, at_least=True),
        _estimated("alerts_per_1000", f"at most {ceiling:g}", alerts, confidence, ceiling, at_least=False),
    ]
    for name in (name for name in criteria.beat_baselines if name in baselines):
        difference = model[RANKED_BY].minus(baselines[name][RANKED_BY])
        low, high = difference.interval(confidence)
        verdict = MET if low > 0 else NOT_MET
        asked = f"above {name}, by the interval"
        settled = _settles((low, high), 0)
        found = Judged(f"{RANKED_BY} over {name}", asked, difference.value, (low, high), verdict, settled)
        findings.append(_by(difference, found))
    return findings


def judge_quality(quality: Mapping[str, Any], criteria: "Criteria") -> list[Judged]:
    """One result for each dimension of data quality in the criteria; shares are counted and have no interval."""
    unknown = float("nan"), float("nan")
    return [
        replace(
            _bounded(name, f"at least {least:g}", quality[name]["after"]["value"], unknown, least, at_least=True),
            settled=True,
        )
        for name, least in criteria.quality.items()
    ]


def criterion_title(criterion: str) -> str:
    """The name of a criterion for readers, who would take an "accuracy" of the data for the model's.

    >>> criterion_title("accuracy"), criterion_title("alerts_per_1000")
    ('data accuracy', 'alerts per 1000')
    """
    return f"data {criterion}" if criterion in QUALITY else criterion.replace("_", " ")


def verdict(findings: list[Judged]) -> str:
    """Met if every criterion is met, else not met."""
    return MET if all(finding.verdict == MET for finding in findings) else NOT_MET


def _estimated(criterion: str, asked: str, one: Estimate, confidence: float, bound: float, *, at_least: bool) -> Judged:
    return _by(one, _bounded(criterion, asked, one.value, one.interval(confidence), bound, at_least=at_least))


def _by(one: Estimate, found: Judged) -> Judged:
    """The finding with the method of its interval: where a bootstrap cannot tell, nothing is settled."""
    return replace(found, method=one.method, settled=found.settled and one.sound)


def _bounded(
    criterion: str, asked: str, value: float, interval: tuple[float, float], bound: float, *, at_least: bool
) -> Judged:
    met = value >= bound if at_least else value <= bound
    return Judged(criterion, asked, value, interval, MET if met else NOT_MET, _settles(interval, bound))


def _settles(interval: tuple[float, float], bound: float) -> bool:
    low, high = interval
    return low < high and not low <= bound <= high
