"""The state of the service: the model in use, the challenger in its shadow, the log, the counters."""

import time
from collections.abc import Sequence

from assay.errors import AssayError, sample, warn
from assay.scoring.reason_choice import Reasons
from assay.serving.answers import Answer
from assay.serving.log import PredictionLog
from assay.serving.metrics import Metrics
from assay.serving.model import Model, ScoreRequest
from assay.terminal import say
from assay.web.errors import place


class Service:
    """Answers records with the model of the moment. Each batch is answered by one model, whose name stands in it."""

    def __init__(self, model: Model, log: PredictionLog | None = None, shadow: Model | None = None) -> None:
        self.model, self.log, self.shadow = model, log, shadow
        self.shadow_works = True
        self.metrics = Metrics(model, shadow)

    def swap(self, model: Model) -> None:
        """Answer everything from now on with another model of the same dataset; the one in use changes nothing.

        AssayError for one of another dataset: the clients of this service send records of the first.
        """
        if str(model) == str(self.model):  # such as a folder that was first seen while it was written
            return
        now, new = self.model.bundle.dataset.name, model.bundle.dataset.name
        if now != new:
            raise AssayError(
                f"it is of the dataset {new}, and this service of {now}", todo="start a service of its own"
            )
        if self.shadow and (strange := self.shadow.strange(model)):
            warn(f"the challenger takes other records than the new model, and scores none: column {sample(strange)}")
        self.model = model
        self.metrics.serves(model)
        say(f"serves {model} now", error=True)

    def __call__(self, requests: Sequence[ScoreRequest]) -> list[tuple[Model, Answer]]:
        """The model in use, and its answer to each record."""
        model = self.model
        return [(model, answer) for answer in self.answer(requests, model)]

    def answer(self, requests: Sequence[ScoreRequest], model: Model) -> list[Answer]:
        """An answer to each record, logged before it is given; UnwritableError if it cannot be logged."""
        start = time.perf_counter()
        result = model(requests)
        shadows = self._in_shadow(requests, result.answers) if self.shadow else {}
        if self.log:
            self.log.write(model, result, shadows, self.shadow)
        self.metrics.answered(result.answers, shadows, time.perf_counter() - start)
        return result.answers

    def _in_shadow(self, requests: Sequence[ScoreRequest], given: Sequence[Answer]) -> dict[int, float]:
        """The challenger's score of each record that both score, by position.

        A challenger that fails must not fail a request: it is counted, and told of once.
        """
        assert self.shadow
        try:
            found = self.shadow([ScoreRequest(one.record, Reasons.NONE) for one in requests]).answers
        except Exception as error:
            self.metrics.failed_shadows.inc()
            if self.shadow_works:
                warn(f"the challenger failed, and may fail again: {place(error)}")
            self.shadow_works = False
            return {}
        both = (number for number, one in enumerate(given) if one["score"] is not None)
        return {number: found[number]["score"] for number in both if found[number]["score"] is not None}
