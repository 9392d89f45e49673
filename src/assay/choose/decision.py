"""A decision with everything that it rests on, as data for decision.json."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assay.choose.candidates import OPEN, Candidate
from assay.choose.rule import RULE, Decision, Judged
from assay.config.reading import plain as values
from assay.files import Exact, plain
from assay.statistics.metrics import RANKED_BY


@dataclass(frozen=True)
class Record:
    """A decision, and what it was made on.

    groups: their names, the incumbent's first. files: the MD5 of the data, the choice and its searches. basis: the hash
    of the code, versions of libraries, numbers of folds, seeds and records. by_seed: the average precision with each
    seed, by candidate. proposal: the overrides that make the chosen candidate the line's model, which compose to
    `configuration`; empty if the incumbent stays.
    """

    decision: Decision
    candidates: Sequence[Candidate]
    groups: Sequence[str]
    files: Mapping[str, str]
    basis: Mapping[str, Any]
    by_seed: Mapping[str, Sequence[float]]
    proposal: Sequence[str]
    configuration: Mapping[str, Any]
    confidence: float


@dataclass
class Decided:
    """The parts of decision.json that are read again."""

    chosen: str
    proposal: list[str]
    configuration: dict[str, Any]
    files: dict[str, str]


def content(record: Record) -> dict[str, Any]:
    """decision.json: no times, so the same bytes for the same decision. Figures are rounded, parameters are not."""
    decision, chosen = record.decision, record.decision.chosen
    return plain(
        {
            "chosen": chosen.name,
            "against_the_incumbent": chosen.verdict(record.confidence),
            "proposal": record.proposal,
            "configuration": Exact(record.configuration),
            "rule": RULE,
            "best": decision.best.name,
            "optimism_of_the_best": decision.optimism,
            "files": record.files,
            "decided_on": record.basis,
            "candidates": [
                {"name": one.name, **_exact(configuration(one)), **_searched(one), **_figures(judged, record)}
                for one, judged in zip(record.candidates, decision.candidates, strict=True)
            ],
        }
    )


def configuration(one: Candidate) -> dict[str, Any]:
    """The parts of the configuration in which candidates differ, as JSON has them."""
    return plain({name: values(getattr(one.config, name)) for name in OPEN}, None)


def _searched(one: Candidate) -> dict[str, Any]:
    return {"search": Exact(asdict(one.tuning.search))} if one.tuning else {}


def _exact(parts: Mapping[str, Any]) -> dict[str, Exact]:
    return {name: Exact(part) for name, part in parts.items()}


def _figures(judged: Judged, record: Record) -> dict[str, Any]:
    confidence = record.confidence
    return {
        "group": record.groups[judged.group],
        RANKED_BY: judged.found.value,
        "interval": judged.found.interval(confidence),
        "by_seed": record.by_seed[judged.name],
        "behind_the_best": judged.behind.value,
        "standard_error_of_that": judged.error,
        "as_good_as_the_best": judged.as_good,
        "gain_on_the_incumbent": judged.gain.value,
        "interval_of_the_gain": judged.gain.interval(confidence),
        "verdict": judged.verdict(confidence),
    }
