"""Weak features: what carries the model, what adds nothing, and whether the model would be better without that."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from assay.diagnosis.evidence import Advance, Evidence
from assay.diagnosis.finding import CONFIDENCE, Finding, Gain, Table, Verdict, counted
from assay.diagnosis.permutation import Importance, importances
from assay.errors import sample
from assay.presentation import words
from assay.statistics.bootstrap import Estimate

CAUSE = "weak features"
LEAST_LOSS = 0.0005  # average precision: a smaller loss is shown as 0.000
TWICE = 2  # times the prevalence: a model that is certainly below has learned next to nothing
NEXT = {
    Verdict.HOLDS: "Leave them out, then compare.",
    Verdict.UNDECIDED: "Try it without them.",
    Verdict.DOES_NOT: "Nothing must be done; a simpler model could leave them out.",
}


def examine(
    evidence: Evidence, repeats: int, baselines: Mapping[str, np.ndarray], advance: Advance = lambda: None
) -> Finding:
    """Permute every recorded value and derived feature, then leave out those that add nothing distinguishable.

    repeats: of each permutation. baselines: scores out of fold, (n,), by name: if one ranks well, the features do tell.
    """
    found = importances(evidence, repeats, advance)
    tables = [_table(found)]
    facts: dict[str, Any] = {"importances": [_fact(one) for one in found]}
    if not any(_adds(one.loss, len(found)) for one in found):
        return _nothing_adds(evidence, baselines, tables, facts)
    weak = [one for one in found if not _adds(one.loss)]
    strongest = ", ".join(f"{one.unit.name} {one.loss.value:.3f}" for one in found[:3])
    said = f"{len(found) - len(weak)} of {counted(len(found), 'value')} add something; most: {strongest}."
    names = [name for one in weak for name in one.unit.features]
    if not names or len(names) == len(evidence.records.X.columns):
        return Finding(CAUSE, Verdict.DOES_NOT, said, "Nothing.", tables=tables, facts=facts)
    gain = _gain_without(evidence, names, advance)
    verdict = gain.verdict(evidence.worth)
    left = f"Without {counted(len(names), 'feature')} of the others average precision changes by {gain}."
    commands = [] if verdict is Verdict.DOES_NOT else [_dropping([*evidence.subject.dropped, *names])]
    facts["weak"] = names
    return Finding(CAUSE, verdict, f"{said} {left}", NEXT[verdict], gain, commands, tables, facts)


def _nothing_adds(
    evidence: Evidence, baselines: Mapping[str, np.ndarray], tables: Sequence[Table], facts: dict[str, Any]
) -> Finding:
    """The features tell nothing, or the model uses none, or there are too few positives to say which it uses."""
    limit = TWICE * evidence.scored.prevalence
    able = [name for name, scores in baselines.items() if _interval(evidence.average_precision(scores))[0] > limit]
    if _interval(evidence.found)[1] >= limit:
        verdict, more = Verdict.UNDECIDED, ", although the model ranks better than chance"
        todo = f"Collect more records: {counted(int(evidence.y.sum()), 'positive')} cannot show what carries the model."
    elif able:
        verdict, more = Verdict.DOES_NOT, f"; but {sample(able)} can use them, so the fault is the model's"
        todo = "Nothing."
    else:
        verdict, more = Verdict.HOLDS, ""
        todo = "Record what bears on the outcome: no setting of the model can replace that."
    measured = f"No value adds anything that can be told from chance{more}."
    return Finding(CAUSE, verdict, measured, todo, tables=tables, facts=facts)


def _gain_without(evidence: Evidence, names: Sequence[str], advance: Advance) -> Gain:
    records = replace(evidence.records, X=evidence.records.X.drop(columns=list(names)))
    return Gain.of(evidence.refitted(records, evidence.subject.model, advance).minus(evidence.found))


def _dropping(names: Sequence[str]) -> str:
    choice = f"features.drop=[{','.join(names)}]"
    return f"dvc exp run -S {shlex.quote(choice)}"


def _adds(loss: Estimate, corrected: int = 1) -> bool:
    """Whether a loss is more than chance; corrected (Bonferroni) where one of so many is looked for."""
    return _interval(loss, corrected)[0] > 0 and loss.value >= LEAST_LOSS


def _interval(found: Estimate, corrected: int = 1) -> tuple[float, float]:
    return found.interval(1 - (1 - CONFIDENCE) / corrected)


def _table(found: Sequence[Importance]) -> Table:
    rows = [
        (
            one.unit.name,
            "recorded" if one.unit.recorded else "derived",
            words.signed(one.loss.value, one.loss.interval(CONFIDENCE)),
            "" if _adds(one.loss) else "adds nothing distinguishable",
        )
        for one in found
    ]
    return Table("Loss of average precision when values are permuted", ("value", "", "loss", ""), rows)


def _fact(one: Importance) -> dict[str, Any]:
    return {
        "value": one.unit.name,
        "recorded": one.unit.recorded,
        "features": list(one.unit.features),
        "loss": one.loss.value,
        "interval": one.loss.interval(CONFIDENCE),
    }
