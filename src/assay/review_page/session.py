"""One reviewer's session: the data that the page gets, and the requests that it may make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.errors import AssayError
from assay.labels.decision import ADJUDICATOR, NAME, shown
from assay.labels.ledger import opened
from assay.labels.suspects import SECOND
from assay.lineage.checks import require
from assay.paths import CLEANED, LABELS, REVIEW_QUEUE
from assay.records.columns import CODE, RECORD_ID, UNGRADABLE
from assay.review_page.card import Cards
from assay.review_page.desk import Desk
from assay.tables import read_table

if TYPE_CHECKING:
    from assay.config.schema import Config

# The same words for a likely label error and a borderline case: a difference would reveal the model's opinion.
WHY = "Its results and its code together are among those most worth a second look. That says nothing of which way."
WHY_SECOND = "Somebody has looked at it. A second decision is wanted, made without knowing the first."
WHY_DISPUTED = "Annotators differ on it. What each of them wrote stands below, in no order."
WIDEST_UNDO = 100  # decisions that a reopened page can still take back, one by one


@dataclass
class Session:
    """A reviewer's desk and the records' cards. `reasons`: why each record is in the queue, by the stage `review`."""

    desk: Desk
    cards: Cards
    reasons: dict[str, str]
    title: str

    def state(self) -> dict[str, Any]:
        """Everything that the page shows: the next record, the codes, and the reviewer's progress."""
        work = self.desk.work()
        record = self._top(work.to_do[0]) if work.to_do else None
        return {
            "title": self.title,
            "annotator": self.desk.annotator,
            "role": self.desk.role,
            "done": len(work.done),
            "total": len(work.done) + len(work.to_do),
            "undo": work.done[-WIDEST_UNDO:],
            "codes": self.cards.codes(),
            "record": record,
        }

    def decide(self, fields: dict[str, str]) -> dict[str, Any]:
        """Decide on `record` with `code` and, if given, `reason`; the state after it."""
        self.desk.decide(fields.get("record", ""), fields.get("code", ""), fields.get("reason", ""))
        return self.state()

    def undo(self, fields: dict[str, str]) -> dict[str, Any]:
        """Take back the decision on `record`; the state after it, with that record on top."""
        self.desk.undo(fields.get("record", ""))
        return self.state()

    def skip(self, fields: dict[str, str]) -> dict[str, Any]:
        """Put `record` at the end; the state after it."""
        self.desk.skip(fields.get("record", ""))
        return self.state()

    def _top(self, record_id: str) -> dict[str, Any]:
        opinions = [
            {"code": one.code, "words": self.cards.in_words(one.code), "reason": one.reason}
            for one in self.desk.opinions(record_id)
        ]
        return {**self.cards.card(record_id), "why": self._why(record_id), "opinions": opinions}

    def _why(self, record_id: str) -> str:
        if self.desk.role == ADJUDICATOR:
            return WHY_DISPUTED
        return WHY_SECOND if self.reasons[record_id] == SECOND else WHY


def session(config: "Config", annotator: str, role: str) -> Session:
    """The session of a reviewer, from the files of the line; AssayError for an invalid name or a missing file."""
    if not NAME.fullmatch(annotator):
        raise AssayError(
            f"annotator {shown(annotator)}: not a short name in lower case (letters, digits, . _ -)",
            where="--annotator",
            todo="choose another",
        )
    require(CLEANED, REVIEW_QUEUE, LABELS)
    records = read_table(CLEANED).set_index(RECORD_ID)
    queue = read_table(REVIEW_QUEUE)
    ledger = opened(config.dataset, frozenset(records.index))
    ledger.mend()
    desk = Desk(ledger, annotator, role, tuple(queue[RECORD_ID]))
    cards = Cards(records, config.dataset, codes_in_use(read_table(LABELS)), config.labels.codes == "letters")
    return Session(desk, cards, dict(zip(queue[RECORD_ID], queue["reason"], strict=True)), config.dataset.name)


def codes_in_use(labels: pd.DataFrame) -> "pd.Series[int]":
    """How often the source uses each code within the population, the most frequent first."""
    inside = labels[labels["excluded"].isin(["", UNGRADABLE])]
    return inside[CODE].value_counts().sort_index().sort_values(ascending=False, kind="stable")
