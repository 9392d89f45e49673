"""Errors in the labels: what they could cost at most, and whether more labels surprise the model than chance explains.

Errors that are spread evenly make the scores less certain, and so surprise nobody: no figure can acquit the labels.
"""

from collections.abc import Sequence

import numpy as np

from assay.diagnosis.evidence import SEED, Evidence
from assay.diagnosis.finding import CONFIDENCE, Finding, Gain, Verdict, counted

CAUSE = "errors in the labels"
REVIEW = "assay review --annotator NAME"
SURPRISING = 0.05  # the model gives the label a smaller probability
DRAWS = 2000


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
    surprising, by_chance = surprises(evidence.y, evidence.scores)
    measured = (
        f"The likeliest {counted(int(chosen.sum()), 'error')} in labels, among them {missed} of "
        f"{evidence.missed.sum()} missed and {false_alarms} of {evidence.false_alarms.sum()} false alarms: were all "
        f"as the model says, average precision would change by {gain}; if they did not count, by {left_out}. "
        f"{_compared(surprising, by_chance)}"
    )
    harmless = gain.verdict(evidence.worth) is Verdict.DOES_NOT
    return Finding(
        CAUSE,
        Verdict.DOES_NOT if harmless else Verdict.UNDECIDED,
        measured,
        "Nothing." if harmless else "Only people can tell: review them, and drop or turn none unseen.",
        gain,
        [] if harmless else [REVIEW],
        facts={
            "suspects": int(chosen.sum()),
            "missed": missed,
            "false_alarms": false_alarms,
            "surprising": surprising,
            "surprising_by_chance": by_chance,
        },
    )


def unlisted() -> Finding:
    """There is no review queue by the scores of this run."""
    measured = "No list of suspects has been made from the scores of the last run."
    return Finding(CAUSE, Verdict.NOT_MEASURED, measured, "Have it made.", commands=["dvc repro review"])


def _compared(surprising: int, by_chance: tuple[int, int]) -> str:
    low, high = by_chance
    told = "more than chance explains, if scores are probabilities" if surprising > high else "no more than by chance"
    return (
        f"To {counted(surprising, 'label')} the model gives less than {SURPRISING:.0%}: {told} ({low} to {high} if all "
        f"labels were right)."
    )


def surprises(y: np.ndarray, scores: np.ndarray) -> tuple[int, tuple[int, int]]:
    """How many labels are improbable by the scores, and the interval of that number if scores are exact.

    y, scores: (n,). The number is a sum of independent draws, one for each record with an improbable class.
    """
    of_label = np.where(y == 1, scores, 1 - scores)
    least = np.minimum(scores, 1 - scores)
    least = least[(least > 0) & (least < SURPRISING)]
    generator, tail = np.random.default_rng(SEED), (1 - CONFIDENCE) / 2
    drawn = [int((generator.random(len(least)) < least).sum()) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [tail, 1 - tail], method="inverted_cdf")
    return int((of_label < SURPRISING).sum()), (int(low), int(high))
