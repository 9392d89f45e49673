"""Reads what is diagnosed from the files of the last run; of the test fold neither labels nor scores."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.audit.features import differing
from assay.bundle.recalibration import Recalibration
from assay.choose.folder import DECISION, DECISIONS
from assay.config.dataset import FEATURE, NOTE, SET_MISSING, Dataset, by_own_names
from assay.config.grammar import names
from assay.config.load import typed_as
from assay.config.schema import Features
from assay.contract.validation import Validator
from assay.diagnosis.evidence import Subject
from assay.diagnosis.parameters import Standing
from assay.errors import AssayError
from assay.files import md5, plain, read_json
from assay.labels.suspects import REASON, SUSPECT
from assay.lineage.checks import require
from assay.lineage.statement import read as statement
from assay.lineage.statement import same
from assay.modelling.records import joined, read_labelled
from assay.paths import (
    BUNDLE,
    CLEANED,
    CLEANING_LOG,
    FEATURES,
    MODEL,
    PREDICTIONS,
    QUARANTINE,
    REVIEW_LOG,
    REVIEW_QUEUE,
    SCORE,
    SPLIT,
    fold,
)
from assay.preparation.features import categorised, features
from assay.preparation.prepare import ACTIONS
from assay.records.columns import CODE, DATE, RECORD_ID, WEIGHT
from assay.records.folds import TRAIN, VALIDATION
from assay.tables import read_table

SCORES = PREDICTIONS / "out_of_fold.parquet"
SPLITS = [fold(SPLIT, name) for name in (TRAIN, VALIDATION)]
AGAIN = "run: dvc repro"
NEAR = 1e-4  # scores of another machine may differ in their last digits


def subject() -> Subject:
    """The model in models/ with the records that it learned from.

    AssayError if there is no model, or if it was fitted on other features or labels than those that are here.
    """
    require(BUNDLE, FEATURES, CLEANED, *SPLITS)
    if not BUNDLE.exists():
        raise AssayError("there is no model yet", where=str(BUNDLE), todo=AGAIN)
    bundle = read_json(BUNDLE)
    _require_current(bundle)
    records = joined(read_labelled(TRAIN), read_labelled(VALIDATION))
    dataset = typed_as(Dataset, bundle["config"]["dataset"], "dataset")
    inputs = _cleaned(records.y.index)
    config = typed_as(Features, bundle["config"]["features"], "features")
    vocabulary = {one["name"]: one["categories"] for one in bundle["features"] if "categories" in one}

    def made(cleaned: pd.DataFrame) -> pd.DataFrame:
        return categorised(features(cleaned, dataset, config), vocabulary)

    if changed := differing(records.X, made(inputs)):
        raise AssayError("the records give other features now", where=str(FEATURES), rows=list(changed), todo=AGAIN)
    return Subject(
        records=records,
        model=bundle["model"],
        folds=bundle["config"]["training"]["folds"],
        threshold=bundle["threshold"]["value"],
        inputs=inputs,
        features=made,
        recalibration=Recalibration.of(bundle),
        recorded=[name for name, one in dataset.columns.items() if one.role == FEATURE and one.available],
        titles={one["name"]: one["title"]["text"] for one in bundle["features"] if "title" in one},
        dates=inputs.get(DATE),
        noted=noted(inputs, dataset),
        dropped=config.drop,
    )


def _require_current(bundle: Mapping[str, Any]) -> None:
    for path in (FEATURES, *SPLITS):
        if bundle["lineage"].get(str(path), md5(path)) != md5(path):
            what = f"the model was fitted on another {path} than the one that is here"
            raise AssayError(what, where=str(MODEL), todo=AGAIN)


def _cleaned(ids: pd.Index) -> pd.DataFrame:
    """The cleaned records without their codes, in the order of the ids, indexed from 0 as the features are."""
    table = read_table(CLEANED).set_index(RECORD_ID)
    return table.drop(columns=CODE, errors="ignore").loc[ids].reset_index(drop=True)


def noted(cleaned: pd.DataFrame, dataset: Dataset) -> dict[str, np.ndarray]:
    """For each rule of the contract that only notes: the records (n,) that break it, if any does."""
    cleaned = by_own_names(dataset, cleaned)
    columns = {name: one for name, one in dataset.columns.items() if name in cleaned}
    rules = {name: one for name, one in dataset.rules.items() if set(names(one.where)) <= set(cleaned)}
    validate = Validator(replace(dataset, columns=columns, rules=rules, time=None))
    found = validate({str(name): values.array for name, values in cleaned.items()}, {}, cleaned.index)
    kept = [one for one in found if one.rule.action == NOTE and len(one.rows)]
    return {one.rule.name: cleaned.index.isin(one.rows) for one in kept}


def cleaning() -> tuple[dict[str, int], int]:
    """How many values each rule set missing, and how many records are in quarantine."""
    require(CLEANING_LOG, QUARANTINE)
    emptied = [one for one in read_json(CLEANING_LOG)["rules"] if one["action"] == ACTIONS[SET_MISSING]]
    return {one["rule"]: one["count"] for one in emptied}, len(read_table(QUARANTINE))


def suspects(ids: pd.Index) -> tuple[list[int], int] | None:
    """The positions of the label suspects in the review queue, the likeliest first; the estimated number of errors.

    None if there is no queue by the scores of this run.
    """
    listed = statement("review")
    if listed is None or not REVIEW_QUEUE.exists() or listed.deps.get(str(SCORES)) != md5(SCORES):
        return None
    require(REVIEW_QUEUE, REVIEW_LOG)
    queue = read_table(REVIEW_QUEUE)
    chosen = queue.loc[queue[REASON] == SUSPECT, RECORD_ID]
    return ids.get_indexer_for(pd.Index(chosen)).tolist(), read_json(REVIEW_LOG)["estimated_label_errors"]


def baselines(found: np.ndarray, ids: pd.Index) -> dict[str, np.ndarray]:
    """The scores out of fold, (n,), of each baseline that is not constant.

    found: the same of the model; AssayError if they are not those that the last run wrote.
    """
    require(SCORES)
    written = read_table(SCORES).set_index(RECORD_ID)
    if set(written.index) != set(ids) or not np.allclose(written.loc[ids, SCORE], found, rtol=0, atol=NEAR):
        what = "the model scores the records otherwise than in the last run: its code or libraries have changed"
        raise AssayError(what, where=str(SCORES), todo=AGAIN)
    names = written.columns.difference(["label", "fold", SCORE, WEIGHT], sort=False)
    return {str(name): written.loc[ids, name].to_numpy() for name in names if written[name].nunique() > 1}


def standing() -> tuple[Standing | None, str]:
    """Where the model in use stands in a decision of `assay choose` that holds; or None, and why."""
    used = _configuration(read_json(BUNDLE))
    why = "Nothing was decided yet."
    for path in sorted(DECISIONS.glob(f"{used['dataset']}-{used['labels']}-*/{DECISION}")):
        try:
            found = _standing(path, read_json(path), used)
        except (AttributeError, KeyError, TypeError, ValueError):
            found = "is no decision of this release"
        if isinstance(found, Standing):
            return found, ""
        why = f"{path} {found}."
    return None, why


def _standing(path: Path, decision: Mapping[str, Any], used: Mapping[str, Any]) -> Standing | str:
    """The place of the model in use, or why the decision does not hold for it."""
    if any(not Path(one).is_file() or md5(Path(one)) != then for one, then in decision["files"].items()):
        return "was decided on other data or candidates"
    entry = _entry(decision, used)
    if entry is None:
        return "does not know the model in use"
    return Standing(
        path=str(path),
        own=str(entry["name"]),
        best=str(decision["best"]),
        candidates=len(decision["candidates"]),
        behind=float(entry["behind_the_best"]),
        error=float(entry["standard_error_of_that"]),
        optimism=float(decision["optimism_of_the_best"]),
    )


def _entry(decision: Mapping[str, Any], used: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The candidate with the model and the features in use.

    What a search found is in no candidate: it is in use if the line has the configuration that the decision proposed.
    """

    def in_use(one: Mapping[str, Any]) -> bool:
        return all(same(one[key], used[key]) for key in ("model", "features"))

    candidates = {one["name"]: one for one in decision["candidates"]}
    if in_use(decision["configuration"]):
        return candidates[decision["chosen"]]
    return next((one for one in candidates.values() if "search" not in one and in_use(one)), None)


def _configuration(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Names of dataset and label policy, model and features of the last run, the model before early stopping."""
    trained = statement("train")
    config = bundle["config"]
    return {
        "dataset": config["dataset"]["name"],
        "labels": config["labels"]["name"],
        "model": plain(trained.params["model"] if trained else bundle["model"]),
        "features": plain(config["features"]),
    }
