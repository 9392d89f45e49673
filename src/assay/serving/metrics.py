"""Counters for Prometheus."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assay.scoring.scorer import CONTRACT, POPULATION

if TYPE_CHECKING:
    from assay.serving.answers import Answer
    from assay.serving.model import Model

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
SCORES = tuple(step / 10 for step in range(1, 10))
DIFFERENCES = (-0.5, -0.2, -0.1, -0.05, -0.01, 0, 0.01, 0.05, 0.1, 0.2, 0.5)
OUTCOMES = {CONTRACT: "broken_contract", POPULATION: "outside_population"}


class Metrics:
    """The counters of one service."""

    def __init__(self, model: "Model") -> None:
        here = self.registry = CollectorRegistry()
        self.requests = Counter("assay_requests", "Answered requests.", ["path", "status"], registry=here)
        self.outcomes = Counter("assay_records", "Records, by what became of them.", ["outcome"], registry=here)
        self.scores = Histogram("assay_score", "Scores.", buckets=SCORES, registry=here)
        self.seconds = Histogram(
            "assay_batch_seconds", "Time for the records that waited.", buckets=SECONDS, registry=here
        )
        self.shadow = Histogram("assay_shadow_difference", "Challenger less model.", buckets=DIFFERENCES, registry=here)
        self.failed_swaps = Counter("assay_failed_swaps", "New models that could not be loaded.", registry=here)
        self.model = Gauge("assay_model", "1 for the model in use.", ["version", "hash"], registry=here)
        self.serves(model)

    def serves(self, model: "Model") -> None:
        """Name the model in use."""
        self.model.clear()
        self.model.labels(model.name["version"], model.name["hash"]).set(1)

    def answered(self, answers: "Sequence[Answer]", shadows: Mapping[int, float], seconds: float) -> None:
        """Count a batch."""
        self.seconds.observe(seconds)
        for answer in answers:
            self.outcomes.labels(outcome(answer)).inc()
            if answer["score"] is not None:
                self.scores.observe(answer["score"])
        for place, score in shadows.items():
            self.shadow.observe(score - answers[place]["score"])

    def text(self) -> bytes:
        """All counters, in Prometheus' text format."""
        return generate_latest(self.registry)


def outcome(answer: "Answer") -> str:
    """What became of a record, in a word."""
    if (why := answer["not_scored"]) is None:
        return "alert" if answer["alert"] else "no_alert"
    return OUTCOMES.get(why["kind"], why["kind"])
