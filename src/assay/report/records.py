"""Single records of the line: their scores by the model in models/, and the reasons for these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.contributions import BASELINE, contributions, no_reasons
from assay.bundle.folder import load_model
from assay.bundle.reasons import Explanation, explained
from assay.bundle.recalibration import Recalibration
from assay.bundle.scoring import score
from assay.errors import AssayError
from assay.files import md5, read_json
from assay.lineage.checks import require
from assay.paths import BUNDLE, FEATURES, LABELS, MODEL, fold
from assay.presentation.markdown import Markdown, table
from assay.records.columns import RECORD_ID
from assay.records.feature_table import read_features
from assay.records.folds import FOLDS, TRAIN, VALIDATION
from assay.tables import read_table

OF = "contribution_of_"  # prefix of a column with what a feature adds


@dataclass(frozen=True)
class Reasoned:
    """Records with the reasons for their scores, in one order.

    X: features, indexed by record id. folds: the fold of each record. scores: (n,). contributions: as
    `assay.bundle.contributions` gives them, of the model before recalibration. explanations: one for each record.
    learned: the folds that the model learned from.
    """

    X: pd.DataFrame
    folds: "pd.Series[str]"
    scores: np.ndarray
    threshold: float
    contributions: pd.DataFrame
    explanations: Sequence[Explanation]
    learned: Sequence[str]
    recalibration: Recalibration | None = None


def reasoned(ids: Iterable[str] | None, top: int) -> Reasoned:
    """The records of these ids, in this order, or all that have features; each with its `top` strongest reasons.

    AssayError if a record has no features, if the model has no exact reasons, or if it was fitted on other features
    than those in data/features.
    """
    require(MODEL, FEATURES)
    bundle = read_json(BUNDLE)
    if why := bundle.get("without_reasons"):
        raise no_reasons(why)
    _require_same_features(bundle)
    X, folds = _features()
    if ids is not None:
        chosen = list(dict.fromkeys(ids))
        _require_known(chosen, X.index)
        X = X.loc[chosen]
    estimator, recalibration = load_model(MODEL), Recalibration.of(bundle)
    found = contributions(estimator, X)
    return Reasoned(
        X,
        folds.loc[X.index],
        score(estimator, X, recalibration),
        bundle["threshold"]["value"],
        found,
        explained(found, X, bundle, top),
        [TRAIN, VALIDATION] if bundle["config"]["training"]["refit"] else [TRAIN],
        recalibration,
    )


def _require_same_features(bundle: dict[str, Any]) -> None:
    if bundle["lineage"].get(str(FEATURES), md5(FEATURES)) != md5(FEATURES):
        raise AssayError(
            "the model was fitted on other features than those that are here", where=str(MODEL), todo="run: dvc repro"
        )


def _features() -> tuple[pd.DataFrame, "pd.Series[str]"]:
    tables = {name: read_features(fold(FEATURES, name)) for name in FOLDS}
    folds = pd.concat([pd.Series(name, table.index, dtype="str") for name, table in tables.items()])
    return pd.concat(tables.values()), folds


def _require_known(ids: list[str], known: pd.Index) -> None:
    if unknown := [one for one in ids if one not in known]:
        require(LABELS)
        labels = read_table(LABELS, [RECORD_ID, "excluded"]).set_index(RECORD_ID)["excluded"]
        rows = [f"{one} ({_why(labels.get(one))})" for one in unknown]
        raise AssayError("the model scores no such record", rows=rows, todo="take a record id of data/features")


def _why(excluded: str | None) -> str:
    return "unknown, or dropped by clean" if excluded is None else f"excluded: {excluded or 'without a fold'}"


def in_full(found: Reasoned) -> Markdown:
    """For each record a table of its reasons, which adds up to the log odds of its score."""
    return Markdown("\n\n").join(_of_record(found, place) for place in range(len(found.X)))


def _of_record(found: Reasoned, place: int) -> Markdown:
    explanation, score, scale = found.explanations[place], found.scores[place], found.recalibration
    decision = "alert" if score >= found.threshold else "no alert"
    seen = ", which the model learned from" if found.folds.iloc[place] in found.learned else ""
    rows = [
        *((one.found, one.direction, f"{one.log_odds:+.2f}") for one in explanation.reasons),
        ("all other features", "", f"{explanation.others:+.2f}"),
        ("baseline", "", f"{explanation.baseline:+.2f}"),
        (f"sum: the log odds of the {'score' if scale is None else 'model'}", "", f"{explanation.log_odds:+.2f}"),
        *(
            [("recalibrated: the log odds of the score", "", f"{scale.log_odds(explanation.log_odds):+.2f}")]
            if scale
            else []
        ),
    ]
    head = Markdown("**{}**, {}{}: score {}, {} (threshold {})\n\n").format(
        found.X.index[place], found.folds.iloc[place], seen, f"{score:.6f}", decision, f"{found.threshold:.6f}"
    )
    return head + table(("reason", "score", "log odds"), rows)


def in_short(found: Reasoned) -> Markdown:
    """A row for each record."""
    columns = zip(found.X.index, found.folds, found.scores, found.explanations, strict=True)
    rows = (
        (one, fold_of, f"{score:.6f}", "alert" if score >= found.threshold else "", str(explanation))
        for one, fold_of, score, explanation in columns
    )
    return table((RECORD_ID, "fold", "score", "", "reasons"), rows)


def as_table(found: Reasoned) -> pd.DataFrame:
    """A row for each record, for a program: also with all contributions (`OF` and the feature) and the baseline.

    `model_log_odds` is their sum: before recalibration, unlike `score`.
    """
    head = pd.DataFrame(
        {
            RECORD_ID: found.X.index,
            "fold": found.folds.to_numpy(),
            "score": found.scores,
            "alert": found.scores >= found.threshold,
            "model_log_odds": found.contributions.sum(axis=1).to_numpy(),
            "reasons": list(map(str, found.explanations)),
        }
    )
    parts = found.contributions.reset_index(drop=True)
    names = [*(f"{OF}{name}" for name in parts.columns[:-1]), BASELINE]
    return head.join(parts.set_axis(names, axis="columns"))
