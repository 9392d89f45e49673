"""A bundle in service, under the version that its answers name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.bundle.contributions import without
from assay.bundle.folder import METRICS
from assay.preparation.request import required
from assay.scoring.reason_choice import Reasons
from assay.scoring.scorer import Scorer, wanted
from assay.serving.answers import Answer, answers, refused
from assay.serving.requests import Form
from assay.serving.schema import example

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle
    from assay.scoring.scorer import Scored


@dataclass(frozen=True)
class ScoreRequest:
    """A record that somebody wants a score for, and when it is to get the reasons."""

    record: dict[str, Any]
    reasons: Reasons


@dataclass(frozen=True)
class Result:
    """The answers to some records, in their order, and what was scored: all records of good form, by position."""

    answers: list[Answer]
    scored: "Scored | None"
    places: list[int]


class Model:
    """Answers requests with one bundle.

    version: how the registry calls it, or where it comes from. card: the model card (Markdown), if it came along.
    """

    def __init__(self, bundle: "Bundle", version: str, card: str | None = None) -> None:
        self.bundle, self.scorer, self.card = bundle, Scorer(bundle), card
        self.form = Form(self.scorer.contract, self.scorer.unread)
        self.explains = without(bundle.estimator) is None
        self.name = {"version": version, "hash": bundle.hash, "data": bundle.data}

    def __str__(self) -> str:
        return f"{self.name['version']} ({self.bundle.name}, {self.bundle.hash[:12]})"

    def __call__(self, requests: Sequence[ScoreRequest]) -> Result:
        """An answer to each record, which another cannot change."""
        faults = [self.form.faults(one.record) for one in requests]
        places = [place for place, found in enumerate(faults) if not found]
        found: list[Answer] = [refused(one) if one else {} for one in faults]
        if not places:
            return Result(found, None, places)
        scored = self.scorer(self.form.raw([requests[place].record for place in places]))
        wishes = [requests[place].reasons if self.explains else Reasons.NONE for place in places]
        explanations = self.scorer.explanations(scored, wanted(scored, wishes))
        for place, answer in zip(places, answers(scored, explanations), strict=True):
            found[place] = answer
        return Result(found, scored, places)

    def strange(self, other: "Model") -> list[str]:
        """The columns that keep records of another model from being scored: unknown here, or needed and unknown there.

        A challenger that has some would score none of the model's records.
        """
        needed = {name for name, column in self.form.columns.items() if required(column)}
        return sorted({*(other.form.known - self.form.known), *(needed - other.form.known)})

    def warm(self) -> None:
        """Answer an example: what is made once is made now, and a model that cannot score fails before it serves."""
        self([ScoreRequest(example(self.scorer.contract, self.bundle.dataset), Reasons.ALL)])

    def about(self) -> dict[str, Any]:
        """The model's description, for JSON."""
        description = self.bundle.description
        return {
            **self.name,
            "name": self.bundle.name,
            "dataset": self.bundle.dataset.name,
            "about": self.bundle.dataset.about,
            "limits": self.bundle.dataset.limits,
            "positive": self.bundle.labels.about,
            "population": [one.reason for one in self.bundle.dataset.population],
            "threshold": description["threshold"],
            "recalibration": description["recalibration"],
            METRICS: description[METRICS],
            "features": list(self.bundle.columns),
            "explains": self.explains,
            "versions": description["versions"],
            "card": self.card,
        }
