"""Errors in the labels: what they could cost at most, if the likeliest suspects are all wrong."""

from collections.abc import Sequence

import numpy as np

from assay.diagnosis.evidence import Evidence
from assay.diagnosis.finding import Finding, Gain, Verdict
from assay.presentation import words

CAUSE = "errors in the labels"
REVIEW = "assay review --annotator NAME"


def examine(evidence: Evidence, suspects: Sequence[int], estimated: int) -> Finding:
    """Judge by the first suspects, as many as labels are estimated to be wrong.

    suspects: positions of records, the likeliest error first; those that people have settled are not among them. The
    gain rests on the model being right about all of them, so it is an upper bound, and proves nothing by itself.
    """
    chosen = np.zeros(len(evidence.y), dtype=bool)
    chosen[list(suspects[:estimated])] = True
    if not chosen.any():
        measured = "Confident learning finds no label that is likely wrong."
        return Finding(CAUSE, Verdict.DOES_NOT, measured, "Nothing.", facts={"suspects": 0})
    turned = evidence.average_precision(evidence.scores, np.where(chosen, 1 - evidence.y, evidence.y))
    gain = Gain.of(turned.minus(evidence.found), at_most=True)
    left_out = Gain.of(evidence.without(chosen).minus(evidence.found))
    missed, false_alarms = (int((chosen & of).sum()) for of in (evidence.missed, evidence.false_alarms))
    measured = (
        f"{chosen.sum()} labels are likely wrong; {missed} of {evidence.missed.sum()} missed and {false_alarms} of "
        f"{evidence.false_alarms.sum()} false alarms are among them. Were all of them as the model says, average "
        f"precision would change by {_signed(gain)}; if they did not count, by {_signed(left_out)}."
    )
    certain = gain.verdict(evidence.worth) is Verdict.DOES_NOT
    return Finding(
        CAUSE,
        Verdict.DOES_NOT if certain else Verdict.UNDECIDED,
        measured,
        "Nothing must be done." if certain else "Only people can tell: review them. Never drop or turn them unseen.",
        gain,
        [] if certain else [REVIEW],
        facts={"suspects": int(chosen.sum()), "missed": missed, "false_alarms": false_alarms},
    )


def _signed(gain: Gain) -> str:
    return words.signed(gain.value, (gain.low, gain.high))
