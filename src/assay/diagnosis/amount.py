"""Too few records: what the last doubling of the training records brought."""

from assay.diagnosis.evidence import SEED, Advance, Evidence
from assay.diagnosis.finding import Finding, Gain, Verdict
from assay.experiments.learning_curve import part, scores
from assay.modelling.training import blocks
from assay.statistics.bootstrap import mean_of_repeats

CAUSE = "too few records"
CURVE = "assay learning-curve"


def examine(evidence: Evidence, repeats: int, advance: Advance = lambda: None) -> Finding:
    """Fit on a half of the records, at random, `repeats` times, and compare."""
    records, subject = evidence.records, evidence.subject
    folds, model = subject.folds, dict(subject.model)
    runs = []
    for repeat in range(repeats):
        halves = [(part(records, rest, 1, repeat), block) for rest, block in blocks(records, folds)]
        found = scores(model, records, halves, advance, subject.recalibration)
        runs.append(evidence.average_precision(found))
    gain = Gain.of(evidence.found.minus(mean_of_repeats(runs, SEED)))
    size = round(len(records.y) * (folds - 1) / folds)
    measured = (
        f"From {size // 2} to {size} training records average precision changed by "
        f"{gain}; the next doubling mostly brings less."
    )
    verdict = gain.verdict(evidence.worth)
    todo = {
        Verdict.HOLDS: "Collect more records, of positives above all; see the whole curve.",
        Verdict.UNDECIDED: "See the whole curve, with more repeats.",
        Verdict.DOES_NOT: "Nothing: more records of this kind would hardly help.",
    }[verdict]
    commands = [CURVE] if verdict is not Verdict.DOES_NOT else []
    facts = {"records": [size // 2, size], "repeats": repeats}
    return Finding(CAUSE, verdict, measured, todo, gain, commands, facts=facts)
