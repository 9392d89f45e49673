"""The meaning of each figure, in words that need no statistics."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.config.words import Words
from assay.statistics.edges import BOOTSTRAP, NONE
from assay.statistics.metrics import METRICS

MOST_DIGITS = 5  # digits of a number that people read: a larger number has none after the point
DIGITS = 3  # after the point, unless the metric says otherwise
FIGURES = {
    "precision_recall": "Up and to the right is better. Each step is a threshold; a point is the one in use.",
    "threshold_sweep": (
        "How many are found, and how many alerts are right, for each number of alerts. The points are at the threshold "
        "in use."
    ),
    "calibration": "Of {units} with a score near x, the share {outcome}. On the line, a score is a probability.",
    "decision_curve": (
        "Above 'everyone' and 'no one', acting on the model does more good than harm at that price. A curve alerts on "
        "the scores above the price, a point on those above the threshold in use."
    ),
    "confusion": (
        "Each record of the test fold, by what it was and what the model said. The shares are specificity and recall."
    ),
    "roc": (
        "Looks good for every model when {positives} are rare; read it together with precision. A point is the "
        "threshold in use."
    ),
    "training_curve": (
        "The loss by round of boosting, on train and on validation. Early stopping, where it is used, takes the round "
        "where validation is lowest."
    ),
}

OVER_TIME = {
    "performance_by_month": (
        "What the model was worth each month. No model scored what it had seen: train and validation are out of fold. "
        "Intervals are wide where few {having}."
    ),
    "score_by_month": "Alerts against {positives}: a gap that opens is drift.",
    "data_by_month": (
        "What changed meanwhile in the numbers that differ most between positives and negatives: the share that is "
        "missing, and the rank of the median among the values before the test fold. At .5 a month is like all of them."
    ),
}


def number(value: float | None, metric: str = "") -> str:
    """A figure with the digits of its metric; a dash if it is undefined.

    >>> number(0.88506, "recall"), number(47.4732, "alerts_per_1000")
    ('0.885', '47.5')
    """
    if value is None or value != value:
        return "–"
    digits = _digits(metric)
    return f"{value:.{digits}f}" if abs(value) < 10 ** (MOST_DIGITS - digits) else f"{value:.0f}"


def with_interval(value: float, interval: tuple[float, float], metric: str = "", method: str = BOOTSTRAP) -> str:
    """0.912 [0.864, 0.950], and the method where it is not the bootstrap: 1.000 [0.631, 1.000] exact"""
    low, high = (number(bound, metric) for bound in interval)
    return number(value, metric) if low == "–" else f"{number(value, metric)} [{low}, {high}]{by(method)}"


def by(method: str) -> str:
    """The method of an interval as it stands behind it; nothing for the bootstrap."""
    return "" if method in (BOOTSTRAP, NONE) else f" {method}"


def stated(figure: Mapping[str, Any], metric: str = "") -> str:
    """A figure as a JSON file has it, with its interval, and the method if it is told there."""
    return with_interval(figure["value"], figure["interval"], metric, figure.get("method", BOOTSTRAP))


def of_side(side: Mapping[str, Any], metric: str) -> str:
    """A figure of a side with "metrics", "intervals" and perhaps "methods", by name."""
    methods = side.get("methods", side["intervals"].get("methods", {}))
    return with_interval(side["metrics"][metric], side["intervals"][metric], metric, methods.get(metric, BOOTSTRAP))


def caption(text: str, called: Words) -> str:
    """A text of `FIGURES` or `OVER_TIME` with the dataset's words."""
    return text.format(**vars(called))


def claim(recall: float, precision: float, alerts_per_1000: float, prevalence: float, called: Words) -> str:
    """The results per thousand records, in one sentence."""
    positives = 1000 * prevalence
    return (
        f"Of 1000 {called.units} like those of the test fold, about {positives:.0f} {called.having}; the model sends "
        f"{alerts_per_1000:.0f} for a second look, finds {recall * positives:.0f} of the {positives:.0f}, "
        f"and about {precision * 100:.0f} of 100 alerts are right."
    )


def accuracy_misleads(model: float, majority: float, called: Words) -> str:
    """A sentence on why accuracy misleads."""
    return (
        f"Calling every {called.unit} {called.otherwise} is right in {majority:.1%} of the records and finds none. "
        f"The model is right in {model:.1%}: the difference in accuracy says almost nothing about the "
        f"{called.units} it finds."
    )


def audit_says(audit: Sequence[Mapping[str, Any]], verdict: str) -> list[str]:
    """The findings of reports/audit.json that have this verdict (warning, accepted), each with its check.

    >>> audit_says([{"code": "A12", "title": "Loud", "findings": [{"verdict": "warning", "what": "x is"}]}], "warning")
    ['A12 Loud: x is']
    """
    found = ((check, one) for check in audit for one in check["findings"] if one["verdict"] == verdict)
    return [f"{check['code']} {check['title']}: {one['what']}" for check, one in found]


def signed(value: float, interval: tuple[float, float], metric: str = "", method: str = BOOTSTRAP) -> str:
    """+0.012 [-0.003, +0.027], and the method where it is not the bootstrap"""
    digits = _digits(metric)
    figures = ["–" if number(figure) == "–" else f"{figure:+.{digits}f}" for figure in (value, *interval)]
    return f"{figures[0]} [{figures[1]}, {figures[2]}]{by(method)}"


def probability(p: float) -> str:
    """= 0.021, or < 0.001"""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _digits(metric: str) -> int:
    return METRICS[metric].digits if metric in METRICS else DIGITS
