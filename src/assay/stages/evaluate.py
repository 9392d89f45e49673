"""evaluate: measure the model on the test fold, with intervals and beside the baselines; nothing is chosen by that."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from assay.bundle.contributions import contributions
from assay.bundle.folder import load_model
from assay.bundle.reasons import Explanation, explained
from assay.config.reading import plain
from assay.config.schema import Config
from assay.config.start import stage
from assay.config.words import Words, complete
from assay.engine import evaluate as reading
from assay.evaluation import curves, over_time
from assay.evaluation.assess import (
    Assessment,
    assess,
    counts,
    intervals,
    methods,
    out_of_fold,
    points,
    scored_by,
    side,
    size,
    with_interval,
)
from assay.evaluation.criteria import Judged, verdict
from assay.files import read_json, replacing, write_json, write_text
from assay.lineage.running import dependencies
from assay.paths import (
    ANNOTATION_LOG,
    AUDIT,
    BUNDLE,
    CLEANING_LOG,
    FIGURES,
    MODEL,
    MODEL_KEY,
    PLOTS,
    QUALITY,
    REPORT,
    REPORTS,
    SCORE,
    SPLIT_LOG,
)
from assay.presentation.words import audit_says
from assay.progress import progress
from assay.records.columns import RECORD_ID
from assay.report.reasons import Worst, worst, worst_of
from assay.statistics.edges import BOOTSTRAP
from assay.statistics.metrics import RANKED_BY
from assay.tables import write_table

Tables = dict[str, dict[str, pd.DataFrame]]
JUDGED = ("name", "min_recall", "max_alerts_per_1000", "beat_baselines", "quality")  # the criteria that it judges
ROUNDS = ("n_estimators", "max_iter")  # what libraries call their number


@stage
def main(config: Config) -> None:
    """Read data/predictions, the test labels and models/, write reports/."""
    with progress(4, "evaluation") as bar:
        thresholds = reading.thresholds()
        test, seen = reading.read_test(thresholds), reading.read_seen()
        bar.update()
        assessment = assess(test, reading.test_slices(config.dataset), thresholds, read_json(QUALITY), config)
        bar.update()
        write_figures_of_merit(assessment, out_of_fold(seen, thresholds[MODEL_KEY], config.evaluation), config)
        tables = all_curves(assessment, seen, test, config)
        write_plots(tables)
        bar.update()
        write_report(assessment, tables, worst_errors(test, thresholds[MODEL_KEY], config), config)
        bar.update()


def write_figures_of_merit(assessment: Assessment, seen: dict[str, float], config: Config) -> None:
    """The JSON files that people and CI rely on."""
    confidence = config.evaluation.confidence
    scored = assessment.scored[MODEL_KEY]
    write_json(REPORTS / "metrics.json", {**size(scored), **counts(scored), **points(assessment.model)})
    write_json(REPORTS / "out_of_fold.json", seen)
    write_json(
        REPORTS / "intervals.json", {**intervals(assessment.model, confidence), **methods(assessment.model, confidence)}
    )
    write_json(REPORTS / "baselines.json", baseline_figures(assessment, confidence))
    write_json(REPORTS / "slices.json", assessment.slices, sort_keys=False)
    write_json(REPORTS / "ungradable.json", ungradable_figures(assessment, confidence))
    write_json(REPORTS / "verdict.json", judged(assessment, read_json(AUDIT)), sort_keys=False)


def judged(assessment: Assessment, audit: list[dict[str, Any]]) -> dict[str, Any]:
    """The verdict on all criteria and on each; `warnings`: what the audit warns of, if it does."""
    warnings = audit_says(audit, "warning")
    found = {"verdict": verdict(assessment.findings), "findings": [stated(one) for one in assessment.findings]}
    return found | {"warnings": warnings} if warnings else found


def stated(finding: Judged) -> dict[str, Any]:
    """A finding for JSON; the method of its interval where that is not the bootstrap."""
    return {name: value for name, value in asdict(finding).items() if (name, value) != ("method", BOOTSTRAP)}


def baseline_figures(assessment: Assessment, confidence: float) -> dict[str, Any]:
    """For each baseline its metrics and intervals, and the model's lead over it in average precision."""
    return {
        name: {
            **side(estimates, confidence),
            f"{RANKED_BY}_lead_of_model": with_interval(assessment.differences[name], confidence),
        }
        for name, estimates in assessment.baselines.items()
    }


def ungradable_figures(assessment: Assessment, confidence: float) -> dict[str, Any]:
    """The model's metrics with the ungradable records of the test period left out and counted in as negative."""
    ways = {"excluded": assessment.model, "included": assessment.with_ungradable}
    figures = {way: side(estimates, confidence) for way, estimates in ways.items()}
    return {"records": assessment.ungradable, **figures}


def all_curves(assessment: Assessment, seen: pd.DataFrame, test: pd.DataFrame, config: Config) -> Tables:
    """Each table of `curves` and of `over_time` by name, then by model.

    seen, test: as `assay.engine.evaluate` gives them, each record with a score of a model that had not learned from
    it.
    """
    model, graded = assessment.scored[MODEL_KEY], (test["excluded"] == "").to_numpy()
    everyone, dates = reading.seen_and_test(seen, test), reading.read_dates(graded)
    whole, fold_of = scored_by(everyone, SCORE, model.threshold), everyone["fold"].array
    description = read_json(BUNDLE)
    called = words_of(description)
    features = reading.Numbers([one["name"] for one in description["features"]], graded)
    return {
        "precision_recall": {name: curves.precision_recall(one) for name, one in assessment.scored.items()},
        "roc": {name: curves.roc(one) for name, one in assessment.scored.items()},
        "calibration": {MODEL_KEY: curves.calibration(model, config.evaluation.confidence)},
        "confusion": {MODEL_KEY: curves.confusion(model, (called.otherwise, called.event))},
        "threshold_sweep": {MODEL_KEY: curves.threshold_sweep(model)},
        "decision_curve": {MODEL_KEY: curves.decision_curve(assessment.scored)},
        "score_by_month": {MODEL_KEY: over_time.by_month(whole, dates, fold_of, config.evaluation.confidence)},
        "data_by_month": {MODEL_KEY: over_time.data_by_month(features, whole, dates, fold_of)},
        "training_curve": {MODEL_KEY: read_training_curve(MODEL / "training" / "plots" / "metrics")},
    }


def words_of(description: dict[str, Any]) -> Words:
    """The words of a model's dataset for its records and their outcome."""
    return complete(description["config"]["dataset"].get("words"))


def read_training_curve(folder: Path) -> pd.DataFrame:
    """round, train, validation, from DVCLive's files; empty for a model without rounds."""
    names = ("train", "validation")
    files = [folder / name / "loss.tsv" for name in names]
    if not all(file.exists() for file in files):
        return pd.DataFrame(columns=["round", *names], dtype="float64")
    losses = [pd.read_csv(file, sep="\t") for file in files]
    return pd.DataFrame({"round": losses[0]["step"], **{n: t["loss"] for n, t in zip(names, losses, strict=True)}})


def rounds_kept(model: Mapping[str, Any]) -> int | None:
    """The number of rounds that early stopping chose, from the model's description; None for a model without rounds."""
    return next((model[name] for name in ROUNDS if name in model), None)


def write_plots(tables: Tables) -> None:
    """The model's tables for `dvc plots`."""
    with replacing(PLOTS) as folder:
        for name, by_model in tables.items():
            write_table(folder / f"{name}.csv", by_model[MODEL_KEY])


def worst_errors(test: pd.DataFrame, threshold: float, config: Config) -> Worst:
    """The worst errors of the model on the test fold, with the reasons for their scores."""
    description = read_json(BUNDLE)
    wrong, counts = worst_of(reading.in_batches(test), threshold, config.evaluation.examples)
    ids = [one for table in wrong.values() for one in table[RECORD_ID]]
    reasons: dict[str, Explanation] = {}
    if ids and not description.get("without_reasons"):  # no model is loaded in vain, which takes long
        X = reading.features_of(ids)
        found = explained(contributions(load_model(MODEL), X), X, description, config.evaluation.reasons)
        reasons = dict(zip(ids, found, strict=True))
    return worst(wrong, counts, reasons, description)


def write_report(assessment: Assessment, tables: Tables, mistakes: Worst, config: Config) -> None:
    """Write each figure as a file, and the page with all of them."""
    from assay.report.figures import Figures, draw_all, draw_reasons
    from assay.report.page import Provenance, render

    description = read_json(BUNDLE)
    metrics = {name: points(one) for name, one in {MODEL_KEY: assessment.model, **assessment.baselines}.items()}
    drawn = draw_all(
        tables,
        Figures(
            metrics,
            config.evaluation.threshold_probability,
            rounds_kept(description["model"]),
            words_of(description),
        ),
    )
    drawn |= draw_reasons(mistakes.pictured)
    with replacing(FIGURES) as folder:
        for name, svg in drawn.items():
            write_text(folder / f"{name}.svg", svg)
    criteria = {name: plain(getattr(config.criteria, name)) for name in JUDGED}
    provenance = Provenance(
        cleaning=read_json(CLEANING_LOG),
        annotation=read_json(ANNOTATION_LOG),
        purged=read_json(SPLIT_LOG)["purged"],
        audit=read_json(AUDIT),
        bundle=description,
        hashes=dependencies(),
        configuration={
            **description["config"],
            "model": description["model"],
            "criteria": criteria,
            "evaluation": plain(config.evaluation),
        },
    )
    months = tables["score_by_month"][MODEL_KEY], tables["data_by_month"][MODEL_KEY]
    write_text(REPORT, render(assessment, mistakes, drawn, months, provenance, config.evaluation.confidence))


if __name__ == "__main__":
    main()
