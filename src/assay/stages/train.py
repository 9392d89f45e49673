"""train: fit the model and the baselines, choose thresholds, score the test fold without its labels."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from assay import __version__
from assay.bundle import code
from assay.bundle import folder as bundle
from assay.bundle.contributions import without
from assay.bundle.hashes import seal
from assay.bundle.reference import reference
from assay.bundle.schema import feature_schema
from assay.bundle.scoring import score
from assay.bundle.threshold import Threshold
from assay.config.models import possible
from assay.config.reading import plain
from assay.config.schema import Config
from assay.config.start import stage
from assay.contract.population import exclusions, grouped
from assay.datasets import knowledge
from assay.files import Exact, read_table, replacing, write_json, write_table
from assay.lineage.libraries import versions
from assay.lineage.running import dependencies
from assay.modelling import figures
from assay.modelling.early_stopping import first_round
from assay.modelling.records import Records, joined, read_labelled
from assay.modelling.training import WATCH, Trained, fits, members, train
from assay.paths import CLEANED, FEATURES, MODEL, MODEL_KEY, PREDICTIONS, SPLIT, fold, score_column
from assay.progress import progress
from assay.records.columns import DATE, RECORD_ID, WEIGHT
from assay.records.folds import TEST, TRAIN, VALIDATION
from assay.records.tables import read_features

BUNDLED = ("dataset", "labels", "split", "features", "training")  # the configuration behind the model


@stage
def main(config: Config) -> None:
    """Read data/features and the labels of train and validation, write models and data/predictions."""
    folds = {name: read_labelled(name) for name in (TRAIN, VALIDATION)}
    trained = train_all({MODEL_KEY: plain(config.model), **possible(plain(config.baselines))}, folds, config)
    write_bundle(trained[MODEL_KEY], folds, config)
    write_predictions(trained, folds)


def train_all(models: dict[str, dict[str, Any]], folds: dict[str, Records], config: Config) -> dict[str, Trained]:
    """Every model on the same folds under the same rules."""
    with progress(sum(fits(model, config.training) for model in models.values()), "fits") as bar:
        return {
            name: train(
                model,
                folds[TRAIN],
                folds[VALIDATION],
                config.training,
                config.criteria.min_recall,
                bar.update,
                WATCH.get() if name == MODEL_KEY else None,
            )
            for name, model in models.items()
        }


def write_bundle(model: Trained, folds: dict[str, Records], config: Config) -> None:
    """The model folder, whole or not at all."""
    titles = {name: asdict(title) for name, title in knowledge(config.dataset).titles.items()}
    both, first = joined(folds[TRAIN], folds[VALIDATION]), folds[TRAIN]
    with replacing(MODEL) as folder:
        folder.mkdir()
        bundle.save_model(model.estimator, folder)
        log_curve(model, folder / "training")
        seen = scored_records(model, folds)
        slices = grouped(both.X, config.dataset.slices)
        found = reference(first.X, first.weight, seen, model.threshold.value, everyone(seen, config), slices)
        write_json(folder / bundle.REFERENCE, found, sort_keys=False)
        bundle.describe(
            folder,
            assay=__version__,
            config=Exact({name: plain(getattr(config, name)) for name in BUNDLED}),
            model=Exact(model.chosen),
            features=feature_schema(first.X, first.weight, titles),
            without_reasons=without(model.estimator),
            recalibration=asdict(model.recalibration) if model.recalibration else None,
            threshold=as_stated(model.threshold),
            metrics_out_of_fold_threshold_chosen_on_them=figures.out_of_fold(
                both.y.to_numpy(), model.out_of_fold, model.threshold.value, both.weight
            ),
            code={plugin: asdict(source) for plugin, source in code.listing(config.dataset).items()},
            lineage=dependencies(),
            versions=versions(members(model.chosen).values()),
        )
        seal(folder)


def scored_records(model: Trained, folds: dict[str, Records]) -> pd.DataFrame:
    """The records of train and validation, as `assay.bundle.reference` wants them."""
    seen = pd.concat([of_fold(name, part).rename(columns={WEIGHT: "weight"}) for name, part in folds.items()])
    dates = pd.concat([read_table(fold(SPLIT, name), [RECORD_ID], optional=[DATE]) for name in folds])
    scored = seen.assign(score=model.out_of_fold)
    return scored.merge(dates.rename(columns={DATE: "date"}), on=RECORD_ID, validate="1:1")


def everyone(seen: pd.DataFrame, config: Config) -> pd.DataFrame:
    """All records of the days of train, as `assay.bundle.reference` wants them; without dates, all records.

    seen: as of `scored_records`. No label is read: who is outside the population, the columns of a record say.
    """
    cleaned = read_table(CLEANED)
    found = cleaned.filter([DATE, WEIGHT]).rename(columns={DATE: "date", WEIGHT: "weight"})
    found = found.assign(outside=exclusions(cleaned, config.dataset))
    if "date" not in found:
        return found
    days = seen[seen["fold"] == TRAIN]["date"]
    return found[found["date"].between(days.min(), days.max())]


def as_stated(threshold: Threshold) -> dict[str, Any]:
    """The threshold for JSON: not rounded, because a fixed one may have any number of decimals."""
    return {**asdict(threshold), "value": Exact(threshold.value), "min_recall": Exact(threshold.min_recall)}


def log_curve(model: Trained, folder: Path) -> None:
    """Log the loss of each round through DVCLive, if the model has rounds."""
    if not model.curve:
        return
    from dvclive import Live

    with Live(str(folder), save_dvc_exp=False, dvcyaml=None, report=None, monitor_system=False) as live:
        rounds = enumerate(zip(*model.curve.values(), strict=True), start=first_round(model.chosen))
        for live.step, losses in rounds:  # next_step() sums up each time
            for name, loss in zip(model.curve, losses, strict=True):
                live.log_metric(f"{name}/loss", round(loss, 6))


def write_predictions(trained: dict[str, Trained], folds: dict[str, Records]) -> None:
    """Scores of every model: out of fold with labels, test without; and the thresholds."""
    seen = pd.concat([of_fold(name, part) for name, part in folds.items()])
    X = read_features(fold(FEATURES, TEST))
    with replacing(PREDICTIONS) as folder:
        out_of_fold = {score_column(name): model.out_of_fold for name, model in trained.items()}
        write_table(folder / "out_of_fold.parquet", seen.assign(**out_of_fold))
        test = {score_column(name): score(model.estimator, X, model.recalibration) for name, model in trained.items()}
        write_table(folder / "test.parquet", X.index.to_frame(index=False).assign(**test))
        write_json(folder / "thresholds.json", {name: as_stated(model.threshold) for name, model in trained.items()})


def of_fold(name: str, part: Records) -> pd.DataFrame:
    """Label and fold of each record, and its weight if there are weights."""
    table = part.y.rename("label").reset_index().assign(fold=name)
    return table if part.weight is None else table.assign(**{WEIGHT: part.weight})


if __name__ == "__main__":
    main()
