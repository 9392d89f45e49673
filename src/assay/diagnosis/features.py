"""Weak features: what carries the model, what adds nothing, and whether the model would be better without that."""

from collections.abc import Sequence
from dataclasses import replace

from assay.diagnosis.evidence import Advance, Evidence
from assay.diagnosis.finding import CONFIDENCE, Finding, Gain, Table, Verdict
from assay.diagnosis.permutation import Importance, importances
from assay.errors import sample
from assay.presentation import words
from assay.statistics.bootstrap import Estimate

CAUSE = "weak features"
SHOWN = 8
LEAST = 0.0005  # average precision: a smaller loss is shown as 0.000


def examine(evidence: Evidence, repeats: int, advance: Advance = lambda: None) -> Finding:
    """Permute every recorded value and derived feature, then leave out those that add nothing distinguishable."""
    found = importances(evidence, repeats, advance)
    weak = [one for one in found if not _adds(one.loss)]
    facts = {"importances": [_fact(one) for one in found]}
    tables = [_table(found)]
    if not found or not any(_adds(one.loss, len(found)) for one in found):
        return Finding(
            CAUSE,
            Verdict.HOLDS,
            "No feature adds anything that can be told from chance.",
            "Record what bears on the outcome: no setting of the model can replace it.",
            tables=tables,
            facts=facts,
        )
    strongest = ", ".join(f"{one.unit.name} {one.loss.value:.3f}" for one in found[:3])
    said = f"{len(found) - len(weak)} of {len(found)} values add something; most: {strongest}."
    gain = _gain_without(evidence, weak, advance)
    if gain is None:
        return Finding(CAUSE, Verdict.DOES_NOT, said, "Nothing: every value counts.", tables=tables, facts=facts)
    verdict = gain.verdict(evidence.worth)
    names = [name for one in weak for name in one.unit.features]
    left = f"Without the {len(names)} features of the others, average precision changes by {_signed(gain)}."
    commands = [f"dvc exp run -S 'features.drop=[{','.join(names)}]'"] if verdict is not Verdict.DOES_NOT else []
    todo = {
        Verdict.HOLDS: "Leave them out, then compare.",
        Verdict.UNDECIDED: "Try it without them.",
        Verdict.DOES_NOT: f"Nothing must be done; for a simpler model leave out {sample(names, SHOWN)}.",
    }[verdict]
    return Finding(CAUSE, verdict, f"{said} {left}", todo, gain, commands, tables, {**facts, "weak": names})


def _gain_without(evidence: Evidence, weak: Sequence[Importance], advance: Advance) -> Gain | None:
    """None if there is nothing to leave out, or nothing would be left."""
    X = evidence.records.X
    dropped = [name for one in weak for name in one.unit.features]
    if not dropped or len(dropped) == len(X.columns):
        return None
    records = replace(evidence.records, X=X.drop(columns=dropped))
    return Gain.of(evidence.refitted(records, evidence.subject.model, advance).minus(evidence.found))


def _adds(loss: Estimate, corrected: int = 1) -> bool:
    """Whether a loss is more than chance; corrected (Bonferroni) where one of so many is looked for."""
    low, _ = loss.interval(1 - (1 - CONFIDENCE) / corrected)
    return low > 0 and loss.value >= LEAST


def _signed(gain: Gain) -> str:
    return words.signed(gain.value, (gain.low, gain.high))


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


def _fact(one: Importance) -> dict[str, object]:
    return {
        "value": one.unit.name,
        "recorded": one.unit.recorded,
        "features": list(one.unit.features),
        "loss": one.loss.value,
        "interval": one.loss.interval(CONFIDENCE),
    }
