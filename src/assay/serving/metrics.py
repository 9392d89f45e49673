"""Counters for Prometheus."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assay.scoring.scorer import CONTRACT, POPULATION
from assay.serving.paths import OTHER, PATHS, PREDICT

if TYPE_CHECKING:
    from assay.serving.answers import Answer
    from assay.serving.model import Model

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
SCORES = tuple(step / 10 for step in range(1, 10))
DIFFERENCES = (-0.5, -0.2, -0.1, -0.05, -0.01, 0, 0.01, 0.05, 0.1, 0.2, 0.5)
OUTCOMES = {CONTRACT: "broken_contract", POPULATION: "outside_population"}


class Metrics:
    """The counters of one service. No label holds a text of a request."""

    def __init__(self, model: "Model", shadow: "Model | None" = None) -> None:
        here = self.registry = CollectorRegistry()
        self.requests = Counter("assay_requests", "Answered requests.", ["path", "status"], registry=here)
        self.took = Histogram("assay_predict_seconds", "Time of a request.", buckets=SECONDS, registry=here)
        self.outcomes = Counter("assay_records", "Records, by what became of them.", ["outcome"], registry=here)
        self.scores = Histogram("assay_score", "Scores.", buckets=SCORES, registry=here)
        self.seconds = Histogram("assay_batch_seconds", "Time of a batch.", buckets=SECONDS, registry=here)
        self.shadow = Histogram("assay_shadow_difference", "Challenger less model.", buckets=DIFFERENCES, registry=here)
        self.failed_shadows = Counter("assay_failed_shadows", "Batches that the challenger failed.", registry=here)
        self.swaps = Counter("assay_swaps", "New models that came into use.", registry=here)
        self.failed_swaps = Counter("assay_failed_swaps", "New models that could not be loaded.", registry=here)
        self.model = Gauge("assay_model", "1 for each model in use.", ["role", "version", "hash"], registry=here)
        self.challenger = shadow
        self._name(model)

    def serves(self, model: "Model") -> None:
        """Count a swap, and name the model in use."""
        self.swaps.inc()
        self._name(model)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests.labels(path if path in PATHS else OTHER, str(status)).inc()
        if path == PREDICT:
            self.took.observe(seconds)

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

    def _name(self, model: "Model") -> None:
        self.model.clear()
        named = {"model": model} | ({"challenger": self.challenger} if self.challenger else {})
        for role, one in named.items():
            self.model.labels(role, one.name["version"], one.name["hash"]).set(1)


def outcome(answer: "Answer") -> str:
    """The fate of a record, in a word."""
    if (why := answer["not_scored"]) is None:
        return "alert" if answer["alert"] else "no_alert"
    return OUTCOMES.get(why["kind"], why["kind"])
