"""Decisions on made figures."""

from dataclasses import replace

import numpy as np

from assay.choose.candidates import INCUMBENT, Candidate
from assay.choose.decision import Record, configuration
from assay.choose.rule import decide
from assay.config.load import typed
from assay.statistics.bootstrap import Estimate
from samples import plain

NOISE = np.random.default_rng(0).normal(0, 0.01, (20, 400))


def record(values: dict[str, float], groups: dict[str, str] | None = None) -> Record:
    """A decision on candidates with these figures, the incumbent first, each in a group of its own if none is given."""
    of_each = {INCUMBENT: INCUMBENT, **dict.fromkeys(list(values)[1:], "trees"), **(groups or {})}
    listed = list(dict.fromkeys(of_each.values()))
    config = typed(plain())
    found = [Candidate(name, listed.index(of_each[name]), (), config) for name in values]
    figures = {
        name: Estimate(value, value + noise) for (name, value), noise in zip(values.items(), NOISE, strict=False)
    }
    decision = decide(figures, {one.name: one.group for one in found})
    return Record(
        decision=decision,
        candidates=found,
        groups=listed,
        files={"data/split/train.parquet": "0" * 32},
        basis={"code": "0" * 40, "libraries": {"numpy": "1"}, "folds": 5, "seeds": 2, "records": 1000, "positives": 50},
        by_seed={name: [value - 0.001, value + 0.001] for name, value in values.items()},
        proposal=[] if decision.chosen.name == INCUMBENT else [decision.chosen.name],
        configuration=configuration(found[0]),
        confidence=0.95,
    )


def called(text: str) -> Record:
    """A decision whose candidates and groups have this text in their names."""
    made = record({INCUMBENT: 0.8, text: 0.95, f"{text}!": 0.9}, {text: text})
    return replace(made, groups=[INCUMBENT, text, "trees"])
