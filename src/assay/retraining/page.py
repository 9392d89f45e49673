"""The outcome of `assay retrain`, for people (Markdown) and for a scheduler (JSON)."""

from typing import Any

import pandas as pd

from assay.compare.paired import WORSE, Row
from assay.files import plain
from assay.presentation import words
from assay.presentation.markdown import Markdown, code, table
from assay.records.columns import DATE
from assay.records.folds import FOLDS
from assay.retraining.command import MADE, PART, Outcome
from assay.statistics.metrics import METRICS, RANKED_BY

SHOWN = (RANKED_BY, "recall", "precision", "alerts_per_1000")
NOT_JUDGED = "not judged"


def verdict(outcome: Outcome) -> str:
    """better, worse, undecided or same, by the metric that ranks models; "not judged" where nothing was compared."""
    comparison = outcome.judgement.comparison if outcome.judgement else None
    return comparison.verdict if comparison else NOT_JUDGED


def commands(outcome: Outcome) -> list[str]:
    """The next commands; none for a model that is worse."""
    if outcome.state == PART or verdict(outcome) == WORSE:
        return []
    name = outcome.batch.experiment
    if outcome.branch:
        return [f"dvc exp push origin {name}", f"git push --set-upstream origin {outcome.branch}"]
    subject = f"Retrain with {outcome.batch.path.as_posix()}"
    return [
        f"dvc exp apply {name}",
        f"git add --all && git commit -m '{subject}'",
        "dvc push",
        "assay budget",
        "assay promote",
    ]


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Plain data: what was asked, what is there now, how it compares, what to do."""
    batch = outcome.batch
    said: dict[str, Any] = {
        "state": outcome.state,
        "batch": {
            "file": batch.where,
            "sha256": batch.sha256,
            "path": outcome.place or batch.path.as_posix(),
            "rows": len(batch.table),
            "unlabelled": batch.unlabelled,
            "tables": {
                name: {"file": one.where, "path": one.path.as_posix(), "rows": len(one.table)}
                for name, one in batch.tables.items()
            },
        },
        "baseline": outcome.baseline,
        "experiment": batch.experiment if outcome.challenger else None,
        "commit": outcome.challenger.sha if outcome.challenger else None,
        "branch": outcome.branch or None,
        "verdict": verdict(outcome),
        "next": commands(outcome),
    }
    if outcome.champion and outcome.judgement:
        judgement = outcome.judgement
        said["champion"] = {
            "name": outcome.champion.name,
            "stage": outcome.champion.stage or None,
            "commit": outcome.champion.version.commit,
            "until": judgement.until or None,
        }
        said["comparison"] = {
            "records": judgement.records,
            "positives": judgement.positives,
            "unscored": judgement.unscored,
            "why_not": judgement.why_not or None,
            "metrics": {row.metric: _figures(row) for row in _rows(outcome)},
        }
        said["folds"] = {name: dict(zip(("from", "to", "records"), row, strict=True)) for name, *row in _folds(outcome)}
    return plain(said)


def as_markdown(outcome: Outcome) -> Markdown:
    """The same for people."""
    batch = outcome.batch
    if outcome.state == PART:
        said = Markdown("### Nothing to do\n\nHEAD has this batch already, as {}.")
        return said.format(code(outcome.place))
    title = Markdown("### {}: {}\n\n{} rows of {}{}{}, kept as {} (SHA-256 {}).{}")
    head = title.format(
        batch.experiment,
        "a new model" if outcome.state == MADE else "made before, nothing was run",
        len(batch.table),
        code(batch.where),
        "".join(f", with {len(one.table)} of the table {name}" for name, one in batch.tables.items()),
        f", {batch.unlabelled} left out that have no label yet" if batch.unlabelled else "",
        code(batch.path.as_posix()),
        code(batch.sha256),
        Markdown(" Branch: {}.").format(code(outcome.branch)) if outcome.branch else "",
    )
    folds = table(["fold", "from", "to", "records"], _folds(outcome))
    return Markdown("\n\n").join([head, folds, _judged(outcome), _next(outcome)])


def _judged(outcome: Outcome) -> Markdown:
    assert outcome.champion
    assert outcome.judgement
    champion, judgement = outcome.champion, outcome.judgement
    place = f"in {champion.stage}" if champion.stage else "of HEAD: nothing is in the stage"
    said = Markdown(
        "Beside {} ({}), on {} test records{} that neither has seen, {} of them positive{}: **{}**{}."
    ).format(
        champion.name,
        place,
        judgement.records,
        f" after {judgement.until}" if judgement.until else "",
        judgement.positives,
        f"; {judgement.unscored} to which it gives no score are left out" if judgement.unscored else "",
        verdict(outcome),
        f": {judgement.why_not}" if judgement.why_not else "",
    )
    rows = [
        (
            METRICS[row.metric].phrase,
            words.number(row.base, row.metric),
            words.number(row.head, row.metric),
            words.signed(row.difference, row.interval, row.metric),
            row.verdict,
        )
        for row in _rows(outcome)
    ]
    return Markdown("\n\n").join([said, *([table(["", "champion", "new", "difference", ""], rows)] if rows else [])])


def _next(outcome: Outcome) -> Markdown:
    lines = commands(outcome)
    if not lines:
        return Markdown("It is worse beyond chance: keep what is in use, and look at the batch (assay monitor).")
    return Markdown("Next:\n\n") + Markdown("\n").join([Markdown("    {}").format(Markdown(one)) for one in lines])


def _rows(outcome: Outcome) -> list[Row]:
    comparison = outcome.judgement.comparison if outcome.judgement else None
    return [row for row in comparison.rows if row.metric in SHOWN] if comparison else []


def _figures(row: Row) -> dict[str, Any]:
    return {
        "champion": row.base,
        "new": row.head,
        "difference": row.difference,
        "interval": list(row.interval),
        "verdict": row.verdict,
    }


def _folds(outcome: Outcome) -> list[tuple[str, str, str, int]]:
    """Name, first and last day, and records of each fold of the new model."""
    assert outcome.challenger
    dates = outcome.challenger.records.get(DATE)
    found = []
    for name in FOLDS:
        ids = outcome.challenger.fold(name).index
        days = dates.reindex(ids) if dates is not None else pd.Series(dtype="datetime64[s]")
        first, last = (str(day.date()) for day in (days.min(), days.max())) if days.notna().any() else ("", "")
        found.append((name, first, last, len(ids)))
    return found
