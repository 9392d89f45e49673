"""The answers to a request, one for each record, as plain data for JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assay.scoring.scorer import CONTRACT, Fault

if TYPE_CHECKING:
    from assay.bundle.reasons import Explanation
    from assay.scoring.scorer import Scored

Answer = dict[str, Any]


def answers(scored: "Scored", explanations: "dict[int, Explanation]") -> list[Answer]:
    """One for each record, in their order."""
    ids, scores, alerts = scored.ids.tolist(), scored.scores.tolist(), scored.alerts.tolist()
    return [
        refused(scored.faults[place], ids[place])
        if place in scored.faults
        else {
            "record_id": ids[place],
            "score": scores[place],
            "alert": alerts[place],
            "reasons": [str(one) for one in explanations[place].reasons] if place in explanations else [],
            "changed": [violation(one) for one in scored.changed.get(place, ())],
            "not_scored": None,
        }
        for place in range(len(ids))
    ]


def refused(faults: Sequence[Fault], record_id: str | None = None) -> Answer:
    """The answer for a record without a score."""
    first = faults[0]
    why = {"kind": first.kind, "why": "; ".join(map(str, faults))}
    violations = [violation(one) for one in faults if one.kind == CONTRACT]
    not_scored = why | {"violations": violations}
    return {
        "record_id": record_id,
        "score": None,
        "alert": None,
        "reasons": [],
        "changed": [],
        "not_scored": not_scored,
    }


def violation(fault: Fault) -> dict[str, Any]:
    """A broken rule of the contract: which, in which columns, and what it asks."""
    return {"rule": fault.rule, "fields": list(fault.columns), "message": fault.why}
