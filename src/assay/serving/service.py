"""What the service holds: the model in use, the challenger in its shadow, the log, the counters."""

import math
import time
from collections.abc import Sequence

from assay.serving.answers import NONE, Answer
from assay.serving.log import PredictionLog
from assay.serving.metrics import Metrics
from assay.serving.model import Asked, Model


class Service:
    """Answers records with the model of the moment. Each batch is answered by one model, whose name stands in it."""

    def __init__(self, model: Model, log: PredictionLog | None = None, shadow: Model | None = None) -> None:
        self.model, self.log, self.shadow = model, log, shadow
        self.metrics = Metrics(model)

    def swap(self, model: Model) -> None:
        """Answer everything from now on with another model."""
        self.model = model
        self.metrics.serves(model)

    def __call__(self, asked: Sequence[Asked]) -> list[tuple[Model, Answer]]:
        """An answer to each record, logged before it is given; AssayError if it cannot be logged."""
        model, start = self.model, time.perf_counter()
        result = model(asked)
        shadows = self._in_shadow(asked, result.answers)
        if self.log:
            self.log.write(model, result, shadows)
        self.metrics.answered(result.answers, shadows, time.perf_counter() - start)
        return [(model, answer) for answer in result.answers]

    def _in_shadow(self, asked: Sequence[Asked], given: Sequence[Answer]) -> dict[int, float]:
        """The challenger's score of each record that both score, by position."""
        if self.shadow is None:
            return {}
        found = self.shadow([Asked(one.record, NONE) for one in asked]).answers
        both = ((place, one["score"]) for place, one in enumerate(found) if given[place]["score"] is not None)
        return {place: score for place, score in both if score is not None and not math.isnan(score)}
