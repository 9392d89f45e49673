"""The records of one reviewer in their order, and the decisions on them.

Only decisions in the ledger last. Skipped records are forgotten when the program ends.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assay.errors import AssayError
from assay.labels.decision import ADJUDICATOR, ANNOTATOR, WITHDRAWN, Decision, standing
from assay.labels.ledger import Ledger
from assay.labels.precedence import DISPUTED, verdict


class ConflictError(AssayError):
    """The request contradicts the present ledger."""


@dataclass(frozen=True)
class Work:
    """A reviewer's records: those still to decide on, in order, and those decided on, in the order of the ledger."""

    to_do: list[str]
    done: list[str]


@dataclass
class Desk:
    """One reviewer at the ledger. `queue`: the records of an annotator, in order; an adjudicator's are the disputed."""

    ledger: Ledger
    annotator: str
    role: str = ANNOTATOR
    queue: tuple[str, ...] = ()
    skipped: dict[str, None] = field(default_factory=dict)

    def work(self) -> Work:
        """The present work; skipped records come last."""
        decisions = self.ledger.read()
        stand = standing(decisions)
        closed = {one.record_id for one in stand if one.role == self.role == ADJUDICATOR or self._is_mine(one)}
        records = self.queue if self.role == ANNOTATOR else disputed(decisions, self.annotator)
        to_do = [record for record in records if record not in closed | self.skipped.keys()]
        to_do += [record for record in tuple(self.skipped) if record in records and record not in closed]
        return Work(to_do, [one.record_id for one in stand if self._is_mine(one) and one.record_id in records])

    def decide(self, record_id: str, code: str, reason: str) -> None:
        """Add a decision. The same one again adds nothing, so a request may be repeated; ConflictError if another."""
        self._require_in_work(record_id)
        if code == WITHDRAWN:
            raise AssayError(f"{code} is no code", todo="to take a decision back, undo it")

        def undecided(so_far: list[Decision]) -> None:
            for one in self._standing(so_far, record_id):
                raise ConflictError(
                    f"{record_id}: you have decided on it already, as {one.code}", todo="undo that first"
                )

        try:
            self._append(record_id, code, reason, undecided)
        except ConflictError:
            if [one.code for one in self._standing(self.ledger.read(), record_id)] != [code]:
                raise

    def undo(self, record_id: str) -> None:
        """Withdraw the reviewer's decision on a record; ConflictError if there is none."""

        def decided(so_far: list[Decision]) -> None:
            if not self._standing(so_far, record_id):
                raise ConflictError(f"{record_id}: there is no decision of yours to take back")

        self._append(record_id, WITHDRAWN, "", decided)
        self.skipped.pop(record_id, None)

    def skip(self, record_id: str) -> None:
        """Put a record at the end."""
        self._require_in_work(record_id)
        self.skipped.pop(record_id, None)
        self.skipped[record_id] = None

    def opinions(self, record_id: str) -> list[Decision]:
        """The annotators' decisions on a record, for an adjudicator; nothing for an annotator."""
        if self.role == ANNOTATOR:
            return []
        said = standing(self.ledger.on(record_id))
        return sorted((one for one in said if one.role == ANNOTATOR), key=lambda one: (one.code, one.annotator))

    def _append(self, record_id: str, code: str, reason: str, given: Callable[[list[Decision]], None]) -> None:
        version = self.ledger.guideline_version()
        self.ledger.append(Decision(record_id, code, self.annotator, self.role, version, reason), given)

    def _standing(self, decisions: Iterable[Decision], record_id: str) -> list[Decision]:
        return [one for one in standing(decisions) if self._is_mine(one) and one.record_id == record_id]

    def _is_mine(self, one: Decision) -> bool:
        return (one.annotator, one.role) == (self.annotator, self.role)

    def _require_in_work(self, record_id: str) -> None:
        work = self.work()
        if record_id not in (*work.to_do, *work.done):
            raise LookupError(record_id)


def disputed(decisions: list[Decision], besides: str = "") -> list[str]:
    """Records on which annotators differ, whether settled or not, by id; without those that `besides` decided on."""
    votes: dict[str, list[Decision]] = {}
    for one in standing(decisions):
        if one.role != ADJUDICATOR:
            votes.setdefault(one.record_id, []).append(one)
    return sorted(
        record
        for record, said in votes.items()
        if verdict(said).kind == DISPUTED and besides not in {one.annotator for one in said}
    )
