"""Labels: how many wait for a second look, how far annotators agree, and who decided what, when and why."""

from pathlib import Path
from typing import Any

from assay.config.load import load
from assay.files import read_json
from assay.labels.decision import Decision
from assay.labels.ledger import opened
from assay.paths import ANNOTATION_LOG, REVIEW_LOG
from assay.presentation import words

SHOWN = 200  # decisions


def shown(record: str) -> dict[str, Any]:
    """The facts for the view, from the workspace. record: whose history is asked; "" for the last decisions on any.

    AssayError if the ledger or the configuration is not valid.
    """
    decisions = opened(load().dataset, None).read()
    chosen = [one for one in decisions if record in ("", one.record_id)]
    return {
        "queue": _json(REVIEW_LOG).get("queue") or {},
        "agreement": _agreement(_json(ANNOTATION_LOG).get("agreement") or {}),
        "disputed": _json(ANNOTATION_LOG).get("disputed") or [],
        "decided_by": _json(ANNOTATION_LOG).get("decided_by") or {},
        "record": record,
        "decisions": [_row(one) for one in reversed(chosen[-SHOWN:])],
        "number": len(chosen),
    }


def _row(one: Decision) -> tuple[str, ...]:
    return one.time, one.record_id, one.code, one.annotator, one.role, one.guideline_version, one.reason


def _agreement(found: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Whose agreement, on how many records, and the figure with its interval."""
    alpha = found.get("krippendorff_alpha")
    named = {"all annotators, Krippendorff's alpha": alpha} if alpha else {}
    pairs = {f"{pair}, Cohen's kappa": one for pair, one in (found.get("cohen_kappa") or {}).items()}
    return [
        (name, one["records"], words.stated({**one, "interval": _ends(one)}))
        for name, one in {**named, **pairs}.items()
    ]


def _ends(one: dict[str, Any]) -> tuple[float, float]:
    low, high = (float("nan") if end is None else end for end in one["interval"])
    return low, high


def _json(path: Path) -> dict[str, Any]:
    return read_json(path) if path.exists() else {}
