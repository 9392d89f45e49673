"""Reads what is diagnosed from the files of the last run; of the test fold neither labels nor scores."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.audit.features import differing
from assay.bundle.recalibration import Recalibration
from assay.config.dataset import FEATURE, NOTE, SET_MISSING, Dataset
from assay.config.grammar import names
from assay.config.load import typed_as
from assay.config.schema import Features
from assay.contract.validation import Validator
from assay.diagnosis.evidence import Subject
from assay.errors import AssayError
from assay.files import md5, plain, read_json, read_table
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
    QUARANTINE,
    REVIEW_LOG,
    REVIEW_QUEUE,
    SPLIT,
    fold,
)
from assay.preparation.features import categorised, features
from assay.preparation.prepare import ACTIONS
from assay.records.columns import CODE, DATE, RECORD_ID
from assay.records.folds import TRAIN, VALIDATION

DECISIONS, DECISION = Path("choices"), "decision.json"
SPLITS = [fold(SPLIT, name) for name in (TRAIN, VALIDATION)]
AGAIN = "run: dvc repro"
Decision = dict[str, Any]


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
    columns = {name: one for name, one in dataset.columns.items() if name in cleaned}
    rules = {name: one for name, one in dataset.rules.items() if set(names(one.where)) <= set(cleaned)}
    validate = Validator(replace(dataset, columns=columns, rules=rules, time=None))
    found = validate({name: cleaned[name].array for name in cleaned}, {}, cleaned.index)
    kept = [one for one in found if one.rule.action == NOTE and len(one.rows)]
    return {one.rule.name: cleaned.index.isin(one.rows) for one in kept}


def cleaning() -> tuple[dict[str, int], int]:
    """How many values each rule set missing, and how many records are in quarantine."""
    require(CLEANING_LOG, QUARANTINE)
    emptied = [one for one in read_json(CLEANING_LOG)["rules"] if one["action"] == ACTIONS[SET_MISSING]]
    return {one["rule"]: one["count"] for one in emptied}, len(read_table(QUARANTINE))


def suspects(ids: pd.Index) -> tuple[list[int], int]:
    """The positions of the label suspects in the review queue, the likeliest first; the estimated number of errors."""
    require(REVIEW_QUEUE, REVIEW_LOG)
    queue = read_table(REVIEW_QUEUE)
    listed = queue.loc[queue[REASON] == SUSPECT, RECORD_ID]
    return ids.get_indexer_for(listed).tolist(), read_json(REVIEW_LOG)["estimated_label_errors"]


def decision() -> tuple[Decision | None, str]:
    """The decision of `assay choose` that holds for the model in use, with its entry; or None, and why."""
    bundle = read_json(BUNDLE)
    used = _configuration(bundle)
    name = f"{used['dataset']}-{used['labels']}-*"
    listed = sorted(DECISIONS.glob(f"{name}/{DECISION}"))
    whys = ["Nothing was decided yet."]
    for path in listed:
        found = read_json(path)
        if why := _why_not(found, used):
            whys.append(f"{path} {why}.")
        else:
            return {**found, "in_use": _entry(found, used)}, ""
    return None, whys[-1]


def _configuration(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Names of dataset and label policy, model and features of the last run, the model before early stopping."""
    trained = statement("train")
    model = trained.params.get("model") if trained else None
    config = bundle["config"]
    return {
        "dataset": config["dataset"]["name"],
        "labels": config["labels"]["name"],
        "model": plain(model or bundle["model"]),
        "features": plain(config["features"]),
    }


def _why_not(found: Any, used: Mapping[str, Any]) -> str:
    """Why a decision does not hold for the model in use, or ""."""
    try:
        if any(not Path(path).exists() or md5(Path(path)) != then for path, then in found["files"].items()):
            return "was decided on other data or candidates"
        return "" if _entry(found, used) else "does not know the model in use"
    except (AttributeError, KeyError, TypeError):
        return "is no decision of this release"


def _entry(found: Decision, used: Mapping[str, Any]) -> dict[str, Any] | None:
    """The candidate with the model and the features in use; a tuned one stands for what its search found."""
    known = [one for one in found["candidates"] if all(same(one[key], used[key]) for key in ("model", "features"))]
    chosen = [one for one in found["candidates"] if one["name"] == found["chosen"]]
    own = found.get("configuration", {})
    followed = all(same(own.get(key), used[key]) for key in ("model", "features"))
    return next(iter(chosen if followed else [one for one in known if "search" not in one]), None)
