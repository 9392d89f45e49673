"""Errors in the data: are positives missed where values are missing, or where the contract finds them unlikely?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assay.diagnosis.evidence import Evidence
from assay.diagnosis.finding import CONFIDENCE, Finding, Gain, Table, Verdict
from assay.errors import sample
from assay.paths import PROFILE_PAGE
from assay.presentation import words
from assay.statistics.multiple import holm

CAUSE = "errors in the data"
MISSING = "missing"


@dataclass(frozen=True)
class Contrast:
    """How many of the missed positives, and of the found ones, have a gap or an unlikely value.

    rows: the records (n,) that have it. p: of Fisher's exact test that it is more frequent among the missed, corrected
    by Holm.
    """

    name: str
    rows: np.ndarray
    missed: int
    found: int
    p: float
    gain: Gain

    @property
    def blamed(self) -> bool:
        """Whether it is more frequent among the missed by more than chance."""
        return self.p < 1 - CONFIDENCE


def examine(evidence: Evidence, cleaning: Mapping[str, int], quarantined: int) -> Finding:
    """Compare the missed positives with the found ones.

    cleaning: by rule, the number of values that cleaning set missing. quarantined: the number of records set aside.
    """
    contrasts = contrasted(evidence)
    found = _judged(evidence, contrasts)
    repaired = f"Cleaning set {sum(cleaning.values())} values missing and {quarantined} records aside."
    facts = {
        "missed": int(evidence.missed.sum()),
        "positives": int(evidence.y.sum()),
        "set_missing": dict(cleaning),
        "quarantined": quarantined,
        "contrasts": [{"what": one.name, "missed": one.missed, "found": one.found, "p": one.p} for one in contrasts],
    }
    tables = [_table(evidence, contrasts)] if contrasts else []
    return replace(found, measured=f"{found.measured} {repaired}", facts=facts, tables=tables)


def _judged(evidence: Evidence, contrasts: Sequence[Contrast]) -> Finding:
    missed = int(evidence.missed.sum())
    if not missed:
        return Finding(CAUSE, Verdict.DOES_NOT, "No positive is missed.", "Nothing.")
    if not contrasts:
        return Finding(CAUSE, Verdict.DOES_NOT, "No positive lacks a value or has an unlikely one.", "Nothing.")
    if missed == evidence.y.sum():
        measured = "All positives are missed, so there are none to compare them with."
        return Finding(CAUSE, Verdict.UNDECIDED, measured, "Mend first what else holds the model back.")
    if blamed := [one for one in contrasts if one.blamed]:
        return _accused(evidence, blamed)
    return _by_chance(evidence, contrasts[0])


def _accused(evidence: Evidence, blamed: Sequence[Contrast]) -> Finding:
    gain = _gain(evidence, np.logical_or.reduce([one.rows for one in blamed]))
    measured = (
        f"More frequent among the {evidence.missed.sum()} missed positives than among the others: "
        f"{sample([one.name for one in blamed])}. If these ranked as high as positives without that, average precision "
        f"would change by {gain}."
    )
    todo = f"Find out why, and have the values recorded; {PROFILE_PAGE} shows what is missing when."
    return Finding(CAUSE, gain.verdict(evidence.worth), measured, todo, gain)


def _by_chance(evidence: Evidence, first: Contrast) -> Finding:
    """The finding where chance explains the difference: no cause, however much it would cost."""
    measured = (
        f"Nothing is more frequent among the {evidence.missed.sum()} missed positives than among the others by more "
        f"than chance (first: {first.name}, p {words.probability(first.p)})."
    )
    if first.gain.verdict(evidence.worth) is Verdict.DOES_NOT:
        return Finding(CAUSE, Verdict.DOES_NOT, measured, "Nothing.", first.gain)
    todo = "Nothing yet; look again when there are more positives."
    return Finding(CAUSE, Verdict.UNDECIDED, measured, todo, first.gain)


def contrasted(evidence: Evidence) -> list[Contrast]:
    """Every gap and unlikely value that a positive has, the least likely by chance first."""
    rows = {name: mask for name, mask in _masks(evidence).items() if (mask & (evidence.y == 1)).any()}
    tables = {name: _counts(evidence, mask) for name, mask in rows.items()}
    p = holm([_fisher(table) for table in tables.values()]).tolist()
    listed = [
        Contrast(name, rows[name], tables[name][0][0], tables[name][1][0], found, _gain(evidence, rows[name]))
        for name, found in zip(rows, p, strict=True)
    ]
    return sorted(listed, key=lambda one: (one.p, -one.gain.value))


def _masks(evidence: Evidence) -> dict[str, np.ndarray]:
    inputs = evidence.subject.inputs
    gaps = {f"{name} {MISSING}": inputs[name].isna().to_numpy() for name in evidence.subject.recorded}
    return {**gaps, **evidence.subject.noted}


def _counts(evidence: Evidence, rows: np.ndarray) -> list[list[int]]:
    """Of missed and of found positives: how many are among the rows, and how many are not."""
    sides = (evidence.missed, (evidence.y == 1) & ~evidence.missed)
    return [[int((side & rows).sum()), int((side & ~rows).sum())] for side in sides]


def _fisher(table: Sequence[Sequence[int]]) -> float:
    from scipy.stats import fisher_exact

    return float(fisher_exact(table, alternative="greater").pvalue)


def _gain(evidence: Evidence, rows: np.ndarray) -> Gain:
    return Gain.of(evidence.lifted(rows), at_most=True)


def _table(evidence: Evidence, contrasts: Sequence[Contrast]) -> Table:
    missed = int(evidence.missed.sum())
    found = int(evidence.y.sum()) - missed
    rows = [
        (
            one.name,
            f"{one.missed} of {missed}",
            f"{one.found} of {found}",
            words.probability(one.p).removeprefix("= "),
            one.gain,
        )
        for one in contrasts
    ]
    head = ("what", "missed positives", "found positives", "p, by Holm", "gain, at most")
    return Table("Gaps and unlikely values of positives", head, rows)
