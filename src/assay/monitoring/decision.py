"""The decision: is the model fine, must somebody watch, or is it to be trained again?

The rule, the first that holds:

1. The realised performance has fallen (labels say so): retrain.
2. The data is at fault (a column is gone or in another unit, records break the contract, values cannot be true or are
   new): watch. Mend the data first: a model that learns from it is no better.
3. The estimated performance has fallen: retrain.
4. No estimate whose assumption holds says that it has not, and both the predictions and the records have drifted in the
   same month: retrain.
5. Anything else was found, such as drift of the records alone, an old training, or a slice whose performance has
   fallen: watch. A slice alone is no reason to retrain: a new model learns from all records, and need not be better
   there; what is wrong with the slice is first to be looked at.
6. Nothing was found: fine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assay.monitoring.finding import FAULTS, INPUTS, PREDICTIONS, TO, Finding


class Action(StrEnum):
    """An action."""

    FINE = "fine"
    WATCH = "watch"
    RETRAIN = "retrain"


EXIT_CODES = {Action.FINE: 0, Action.WATCH: 10, Action.RETRAIN: 20}


@dataclass(frozen=True)
class Performance:
    """The performance by an estimate, or by labels: whether it has fallen, and why, in words.

    fallen: None if it cannot be said, which decides nothing, and is told.
    """

    fallen: bool | None
    why: str


@dataclass(frozen=True)
class Decision:
    """The action, and the reasons for it: a sentence each, the first decides."""

    action: Action
    reasons: list[str] = field(default_factory=list)


def decide(
    findings: Sequence[Finding],
    estimate: Performance | None = None,
    realised: Performance | None = None,
    slices: Sequence[str] = (),
) -> Decision:
    """The decision by the rule of this module.

    estimate, realised: None if nothing says it. slices: what has fallen or changed in one of them, in words.
    """
    faults = [one for one in findings if one.kind in FAULTS]
    other = [*_sentences([one for one in findings if one.kind not in FAULTS]), *slices]
    told = [one.why for one in (realised, estimate) if one]
    if realised and realised.fallen:
        return Decision(Action.RETRAIN, [*told, *_sentences(faults), *other])
    if faults:
        mend = "mend the data before anything learns from it"
        return Decision(Action.WATCH, [*_sentences(faults), mend, *told, *other])
    if estimate and estimate.fallen:
        return Decision(Action.RETRAIN, [*reversed(told), *other])
    if (estimate is None or estimate.fallen is None) and (months := _both(findings)):
        said = f"predictions and records have both drifted ({_span(months)}), and nothing estimates the performance"
        return Decision(Action.RETRAIN, [said, *told, *other])
    return Decision(Action.WATCH, [*other, *told]) if other else Decision(Action.FINE, ["no change was found", *told])


def _both(findings: Sequence[Finding]) -> list[str]:
    """The months in which predictions and records have drifted."""
    inputs, predictions = ({one.month for one in findings if one.kind in kinds} for kinds in (INPUTS, PREDICTIONS))
    return sorted(inputs & predictions)


def _sentences(findings: Sequence[Finding]) -> list[str]:
    """One for each subject and kind: in which months, and the greatest of the changes."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        grouped.setdefault((one.kind, one.subject), []).append(one)
    return [_sentence(found) for found in grouped.values()]


def _sentence(found: list[Finding]) -> str:
    most = max(found, key=lambda one: one.size - one.usual)
    months = _span([one.month for one in found])
    return f"{most.what}" + (f" [{months}]" if months else "")


def _span(months: Sequence[str]) -> str:
    """Months in words.

    >>> _span(["1985-06"]), _span(["1985-06", "1985-07", "1985-09"])
    ('1985-06', '1985-06 to 1985-09, 3 months')
    """
    every = sorted({one for one in months if one})
    every = [one for one in every if TO not in one] or every  # single months, if there are any
    if len(every) < 2:
        return "".join(every)
    return f"{every[0]} to {every[-1]}, {len(every)} months"
