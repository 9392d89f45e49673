"""Parameters: is another model, or are other settings of this one, better on the same records?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assay.diagnosis.evidence import Advance, Evidence
from assay.diagnosis.finding import Finding, Gain, Verdict, counted

CAUSE = "parameters"
CHOOSE = "assay choose"
YARDSTICK = {"name": "lightgbm", "_target_": "assay.modelling.zoo.lightgbm"}  # with its library's own parameters
LIBRARY = "LightGBM as its library sets it"
NORMAL = 1.959964  # standard errors on each side of a 95 % interval


@dataclass(frozen=True)
class Standing:
    """Where the model in use stands among the candidates of a decision.

    own, best: names of candidates. behind: the best less the own, in average precision; error: its standard error.
    optimism: how much of the best figure is luck.
    """

    path: str
    own: str
    best: str
    candidates: int
    behind: float
    error: float
    optimism: float


def examine(
    evidence: Evidence,
    decision: Standing | None,
    why_not: str,
    baselines: Mapping[str, np.ndarray],
    advance: Advance = lambda: None,
) -> Finding:
    """Judge by a decision of `assay choose` on these data, else by what is at hand: the baselines, and a yardstick.

    decision: None if there is none that holds, for the reason `why_not`. baselines: scores out of fold, (n,), by name.
    The yardstick is LightGBM as its library sets it. They can accuse a model, not acquit it: few were tried.
    """
    if decision is not None:
        return _decided(evidence, decision)
    found = {name: evidence.average_precision(scores) for name, scores in baselines.items()}
    found[LIBRARY] = evidence.refitted(evidence.records, YARDSTICK, advance)
    best = max(found, key=lambda name: found[name].value)
    gain = Gain.of(found[best].minus(evidence.found))
    measured = f"{why_not} Of {', '.join(found)} the best, {best}, changes average precision by {gain}."
    accused = gain.verdict(evidence.worth) is Verdict.HOLDS
    verdict = Verdict.HOLDS if accused else Verdict.NOT_MEASURED
    facts = {"average_precision": {name: one.value for name, one in found.items()}}
    todo = "Let candidates be compared, tuned ones among them."
    return Finding(CAUSE, verdict, measured, todo, gain if accused else None, [CHOOSE], facts=facts)


def _decided(evidence: Evidence, decision: Standing) -> Finding:
    gain = Gain(
        decision.behind,
        decision.behind - NORMAL * decision.error,
        decision.behind + NORMAL * decision.error,
        at_most=True,
    )
    facts = {"decision": decision.path, "best": decision.best, "candidates": decision.candidates}
    compared = counted(decision.candidates, "candidate")
    if decision.own == decision.best:
        measured = f"The model is the best of {compared} ({decision.path})."
        return Finding(CAUSE, Verdict.DOES_NOT, measured, "Nothing.", gain, facts=facts)
    verdict = gain.verdict(evidence.worth)
    measured = (
        f"Of {compared} the best, {decision.best}, is ahead by {gain} ({decision.path}); about "
        f"{decision.optimism:.3f} of its figure is luck."
    )
    acquitted = verdict is Verdict.DOES_NOT
    todo = "Nothing." if acquitted else "Take what the decision says, or add candidates and decide again."
    return Finding(CAUSE, verdict, measured, todo, gain, [] if acquitted else [CHOOSE], facts=facts)
