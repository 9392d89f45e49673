"""Runs a diagnosis of the last run: every cause in turn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.diagnosis import amount, faults, features, labels, parameters, reading, values
from assay.diagnosis.evidence import Advance, Evidence, Subject, gathered
from assay.diagnosis.finding import Finding, ranked
from assay.diagnosis.permutation import units
from assay.progress import progress


@dataclass(frozen=True)
class Diagnosis:
    """The causes, the most urgent first, and the model that they concern."""

    evidence: Evidence
    findings: list[Finding]


def of_the_last_run(repeats: int, worth: float) -> Diagnosis:
    """The diagnosis of the model in models/, with a bar; AssayError if there is none, or its inputs have changed.

    repeats: of each permutation. worth: the least gain in average precision that is worth the work.
    """
    subject = reading.subject()
    with progress(steps(subject), "models and permutations") as bar:
        evidence = gathered(subject, worth, bar.update)
        baselines = reading.baselines(evidence.scores, subject.records.y.index)
        return Diagnosis(evidence, ranked(list(_findings(evidence, baselines, repeats, bar.update))))


def steps(subject: Subject) -> int:
    """About how often a diagnosis calls `advance`."""
    return subject.folds * (3 + HALVES) + len(units(subject))


HALVES = 2  # random halves of the records that a model learns from


def _findings(
    evidence: Evidence, baselines: Mapping[str, np.ndarray], repeats: int, advance: Advance
) -> Iterator[Finding]:
    yield features.examine(evidence, repeats, baselines, advance)
    yield parameters.examine(evidence, *reading.standing(), baselines, advance)
    suspects = reading.suspects(evidence.records.y.index)
    yield labels.examine(evidence, *suspects) if suspects else labels.unlisted()
    yield values.examine(evidence, *reading.cleaning())
    yield faults.examine(evidence)
    yield amount.examine(evidence, HALVES, advance)


def as_json(found: Diagnosis) -> dict[str, Any]:
    """For a program: the model, its figure, and every finding."""
    evidence = found.evidence
    return {
        "model": evidence.subject.model["name"],
        "records": len(evidence.y),
        "positives": int(evidence.y.sum()),
        "average_precision": evidence.found.value,
        "worth": evidence.worth,
        "findings": [_fact(one) for one in found.findings],
    }


def _fact(one: Finding) -> dict[str, Any]:
    gain = one.gain and {
        "value": one.gain.value,
        "interval": [one.gain.low, one.gain.high],
        "at_most": one.gain.at_most,
    }
    return {
        "cause": one.cause,
        "verdict": one.verdict.value,
        "gain": gain,
        "measured": one.measured,
        "todo": one.todo,
        "commands": list(one.commands),
        "facts": dict(one.facts),
    }
