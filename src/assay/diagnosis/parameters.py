"""Parameters: is another model, or are other settings of this one, better on the same records?"""

from collections.abc import Mapping
from typing import Any

from assay.diagnosis.evidence import Advance, Evidence
from assay.diagnosis.finding import Finding, Gain, Verdict
from assay.presentation import words

CAUSE = "parameters"
CHOOSE = "assay choose"
YARDSTICK = {"name": "lightgbm", "_target_": "assay.modelling.zoo.lightgbm"}  # LightGBM as its library sets it
NORMAL = 1.959964  # standard errors on each side of a 95 % interval


def examine(
    evidence: Evidence, decision: Mapping[str, Any] | None, why_not: str, advance: Advance = lambda: None
) -> Finding:
    """Judge by a decision of `assay choose` on these data, else by a yardstick: LightGBM as its library sets it.

    decision: the content of decision.json, with the entry of the model in use as `in_use`; None if there is none that
    holds, for the reason `why_not`. A yardstick can accuse a model, not acquit it.
    """
    if decision is not None:
        return _decided(evidence, decision)
    ahead = evidence.refitted(evidence.records, YARDSTICK, advance).minus(evidence.found)
    gain = Gain.of(ahead)
    verdict = Verdict.HOLDS if gain.verdict(evidence.worth) is Verdict.HOLDS else Verdict.NOT_MEASURED
    measured = (
        f"{why_not} LightGBM, as its library sets it, changes average precision by "
        f"{words.signed(gain.value, (gain.low, gain.high))}."
    )
    todo = "Let candidates be compared, tuned ones among them."
    return Finding(CAUSE, verdict, measured, todo, gain, [CHOOSE], facts={"decision": None})


def _decided(evidence: Evidence, decision: Mapping[str, Any]) -> Finding:
    own, best = decision["in_use"], decision["best"]
    behind, error = own["behind_the_best"], own["standard_error_of_that"]
    gain = Gain(behind, behind - NORMAL * error, behind + NORMAL * error, at_most=True)
    facts = {"decision": decision["chosen"], "best": best, "candidates": len(decision["candidates"])}
    if own["name"] == best:
        measured = f"The model is the best of the {len(decision['candidates'])} candidates that were compared."
        return Finding(CAUSE, Verdict.DOES_NOT, measured, "Nothing.", gain, facts=facts)
    verdict = gain.verdict(evidence.worth)
    measured = (
        f"Of {len(decision['candidates'])} candidates {best} is the best, ahead by "
        f"{words.signed(gain.value, (gain.low, gain.high))}; of the best figure, luck makes about "
        f"{decision['optimism_of_the_best']:.3f}."
    )
    todo = "Nothing." if verdict is Verdict.DOES_NOT else "Take what the decision says, or add candidates."
    commands = [] if verdict is Verdict.DOES_NOT else [CHOOSE]
    return Finding(CAUSE, verdict, measured, todo, gain, commands, facts=facts)
