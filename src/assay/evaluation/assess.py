"""Measures a model on the test fold, from scores and labels alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.evaluation.criteria import Judged, judge, judge_quality
from assay.paths import MODEL_KEY, SCORE, score_column
from assay.records.columns import WEIGHT
from assay.statistics.bootstrap import Estimate, Estimates, Resamples, Task, estimate, estimates
from assay.statistics.edges import BOOTSTRAP
from assay.statistics.metrics import RANKED_BY, Place, measure, shown_in
from assay.statistics.resampled import Scored

if TYPE_CHECKING:
    from assay.config.schema import Config, Evaluation


@dataclass(frozen=True)
class Assessment:
    """All results on the test fold: model, baselines, model with ungradable records included, slices, and criteria.

    `scored` are the inputs by name (the model is `MODEL_KEY`) on the graded test records.
    """

    scored: dict[str, Scored]
    model: Estimates
    baselines: dict[str, Estimates]
    differences: dict[str, Estimate]
    with_ungradable: Estimates
    ungradable: int
    slices: list[dict[str, Any]]
    findings: list[Judged]


def assess(
    test: pd.DataFrame,
    groups: pd.DataFrame,
    thresholds: Mapping[str, float],
    quality: Mapping[str, Any],
    config: "Config",
) -> Assessment:
    """Assess every model that `thresholds` names.

    test: a row per record with `label` (bool or 0 and 1), `excluded` (str, "" if not), a column of scores per model,
    and `sample_weight` if the records are a weighted sample. groups: the slices of each row (str), in the same order.
    thresholds: by model name. quality: the content of reports/quality.json.
    """
    graded = (test["excluded"] == "").to_numpy()
    known = test[graded]
    scored = {name: scored_by(known, score_column(name), threshold) for name, threshold in thresholds.items()}
    evaluation = config.evaluation
    drawn = Resamples(int(graded.sum()), evaluation.resamples, evaluation.seed)
    baselines = {name: measured(one, evaluation, drawn) for name, one in scored.items()}
    model = baselines.pop(MODEL_KEY)
    return Assessment(
        scored=scored,
        model=model,
        baselines=baselines,
        differences={name: model[RANKED_BY].minus(other[RANKED_BY]) for name, other in baselines.items()},
        with_ungradable=model
        if graded.all()
        else measured(scored_by(test, SCORE, thresholds[MODEL_KEY]), evaluation, replace(drawn, records=len(test))),
        ungradable=int((~graded).sum()),
        slices=by_slice(scored[MODEL_KEY], groups[graded], drawn, evaluation),
        findings=[
            *judge(model, baselines, config.criteria, evaluation.confidence),
            *judge_quality(quality, config.criteria),
        ],
    )


def measured(scored: Scored, evaluation: "Evaluation", drawn: Resamples) -> Estimates:
    """All metrics of a model."""
    return estimate(scored, drawn, partial(measure, threshold_probability=evaluation.threshold_probability))


def by_slice(scored: Scored, groups: pd.DataFrame, drawn: Resamples, config: "Evaluation") -> list[dict[str, Any]]:
    """The metrics of `Place.SLICES` for each value of each column of groups, with intervals from the same resamples."""
    of_slices = partial(measure, threshold_probability=config.threshold_probability, metrics=shown_in(Place.SLICES))
    slices = [(grouping, value) for grouping in map(str, groups) for value in sorted(groups[grouping].unique())]
    masks = {name: (groups[name[0]] == name[1]).to_numpy() for name in slices}
    tasks = {name: Task(scored.only(rows), of_slices, rows) for name, rows in masks.items()}
    return [_of_slice(*name, tasks[name], one, config) for name, one in estimates(tasks, drawn).items()]


def _of_slice(grouping: str, value: str, task: Task, found: Estimates, config: "Evaluation") -> dict[str, Any]:
    figures = {name: with_interval(one, config.confidence) for name, one in found.items()}
    size = {"records": len(task.scored.y), "positives": int(task.scored.y.sum())}
    return {"slice": grouping, "value": value, **size, **figures}


def points(estimates: Estimates) -> dict[str, float]:
    """The value of each metric, by name."""
    return {name: one.value for name, one in estimates.items()}


def intervals(estimates: Estimates, confidence: float) -> dict[str, tuple[float, float]]:
    """The interval of each metric, by name."""
    return {name: one.interval(confidence) for name, one in estimates.items()}


def with_interval(one: Estimate, confidence: float) -> dict[str, Any]:
    """Value and interval, for JSON, and its method where it is not the bootstrap."""
    return {"value": one.value, "interval": one.interval(confidence), **_method(one, confidence)}


def side(estimates: Estimates, confidence: float) -> dict[str, Any]:
    """The figures of one model, for JSON."""
    return {
        "metrics": points(estimates),
        "intervals": intervals(estimates, confidence),
        **methods(estimates, confidence),
    }


def methods(estimates: Estimates, confidence: float) -> dict[str, dict[str, str]]:
    """For JSON: under "methods" that of each interval which is not the bootstrap's, by name; empty if all are."""
    found = {name: one["method"] for name, each in estimates.items() if (one := _method(each, confidence))}
    return {"methods": found} if found else {}


def _method(one: Estimate, confidence: float) -> dict[str, str]:
    told = one.method != BOOTSTRAP and np.isfinite(one.interval(confidence)).all()
    return {"method": one.method} if told else {}


def size(scored: Scored) -> dict[str, float]:
    """The number of records and of positives, and the prevalence, behind the figures."""
    positives = int(scored.y.sum())
    return {"records": len(scored.y), "positives": positives, "prevalence": scored.prevalence}


def counts(scored: Scored) -> dict[str, int]:
    """Counts of true and false alerts: each record counts once, whatever its weight."""
    right = scored.alert & (scored.y == 1)
    return {"true_positives": int(right.sum()), "false_positives": int((scored.alert & ~right).sum())}


def out_of_fold(predictions: pd.DataFrame, threshold: float, config: "Evaluation") -> dict[str, float]:
    """The model's metrics on train and validation, each record scored by a model that had not learned from it.

    predictions: `label`, the scores, and weights if the records are a weighted sample.
    """
    scored = scored_by(predictions, SCORE, threshold)
    values = measure(scored, scored.weights, config.threshold_probability)
    return {**size(scored), **{name: float(value[0]) for name, value in values.items()}}


def scored_by(table: pd.DataFrame, name: str, threshold: float) -> Scored:
    """A table with columns `label`, `name` (scores), and weights if it is a weighted sample, as `Scored` records."""
    weight = table[WEIGHT].to_numpy() if WEIGHT in table else None
    return Scored(table["label"].to_numpy(dtype=int), table[name].to_numpy(), threshold, weight)
