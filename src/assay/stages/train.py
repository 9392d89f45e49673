"""train: fit the model and the baselines, choose thresholds, score the test fold without its labels."""

from collections.abc import Callable, Iterator, Mapping
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
from assay.files import Exact, replacing, write_json
from assay.lineage.libraries import versions
from assay.lineage.running import dependencies
from assay.modelling import figures
from assay.modelling.early_stopping import first_round
from assay.modelling.fitting import IN_MEMORY, Fitting
from assay.modelling.records import read_labelled
from assay.modelling.training import WATCH, Trained, fits, members, train
from assay.paths import CLEANED, FEATURES, MODEL, MODEL_KEY, PREDICTIONS, SPLIT, fold, score_column
from assay.progress import progress
from assay.records.batches import names_of, table_batches
from assay.records.columns import DATE, RECORD_ID, WEIGHT
from assay.records.feature_table import as_named
from assay.records.folds import TEST, TRAIN, VALIDATION
from assay.records.parts import Parts
from assay.tables import read_table

FITTED = (TRAIN, VALIDATION)
BUNDLED = ("dataset", "labels", "split", "features", "training")  # the configuration behind the model


@stage
def main(config: Config) -> None:
    """Read data/features and the labels of train and validation, write models and data/predictions."""
    if config.engine.in_batches:
        in_batches(config)
    else:
        run({name: read_labelled(name) for name in FITTED}, lambda _: IN_MEMORY, config)


def in_batches(config: Config) -> None:
    """Train with the features on the disk."""
    from assay.engine.spill import scratch
    from assay.engine.stored import read_streamed
    from assay.engine.train import fittings

    with scratch(FEATURES.parent) as folder, fittings(config.engine, folder) as fitting:
        run({name: read_streamed(name) for name in FITTED}, fitting, config)


def run(folds: Mapping[str, Any], fitting: Callable[[dict[str, Any]], Fitting], config: Config) -> None:
    """Train all models and write them. folds: records of train and validation, of the kind that `fitting` fits."""
    models = {MODEL_KEY: plain(config.model), **possible(plain(config.baselines))}
    fittings = {name: fitting(model) for name, model in models.items()}  # all, before any fit: it may refuse one
    trained = train_all(models, folds, fittings, config)
    write_bundle(trained, folds, config)
    write_predictions(trained, config)


def train_all(
    models: dict[str, dict[str, Any]], folds: Mapping[str, Any], fittings: Mapping[str, Fitting], config: Config
) -> dict[str, Trained]:
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
                fittings[name],
            )
            for name, model in models.items()
        }


def write_bundle(trained: Mapping[str, Trained], folds: Mapping[str, Any], config: Config) -> None:
    """The model folder, whole or not at all."""
    model = trained[MODEL_KEY]
    samples = {name: one.sample for name, one in trained.items() if one.sample}
    partitions = {name: one.partitions for name, one in trained.items() if one.partitions > 1}
    titles = {name: asdict(title) for name, title in knowledge(config.dataset).titles.items()}
    both, first = folds[TRAIN].followed_by(folds[VALIDATION]), folds[TRAIN]
    with replacing(MODEL) as folder:
        folder.mkdir()
        bundle.save_model(model.estimator, folder)
        log_curve(model, folder / "training")
        seen = scored_records(model)
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
                both.y.to_numpy("int64"), model.out_of_fold, model.threshold.value, both.weight
            ),
            **({"samples": samples} if samples else {}),
            **({"partitions": partitions} if partitions else {}),
            code={plugin: asdict(source) for plugin, source in code.listing(config.dataset).items()},
            lineage=dependencies(),
            versions=versions(members(model.chosen).values()),
        )
        seal(folder)


def scored_records(model: Trained) -> pd.DataFrame:
    """The records of train and validation, as `assay.bundle.reference` wants them."""
    names = {DATE: "date", WEIGHT: "weight"}
    tables = [read_table(fold(SPLIT, name), ["label"], optional=[*names]).assign(fold=name) for name in FITTED]
    return pd.concat(tables, ignore_index=True).rename(columns=names).assign(score=model.out_of_fold)


def everyone(seen: pd.DataFrame, config: Config) -> pd.DataFrame:
    """All records of the days of train, as `assay.bundle.reference` wants them; without dates, all records.

    seen: as of `scored_records`. No label is read: who is outside the population, the columns of a record say.
    """
    reasons = pd.CategoricalDtype(["", *dict.fromkeys(one.reason for one in config.dataset.population)])
    told = [
        cleaned.filter([DATE, WEIGHT]).assign(outside=exclusions(cleaned, config.dataset).astype(reasons))
        for cleaned in table_batches(CLEANED, whole=at_once(config))
    ]
    found = pd.concat(told, ignore_index=True).rename(columns={DATE: "date", WEIGHT: "weight"})
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


def write_predictions(trained: dict[str, Trained], config: Config) -> None:
    """Scores of every model: out of fold with labels, test without; and the thresholds."""
    with replacing(PREDICTIONS) as folder:
        folder.mkdir()
        write_batches(folder / "out_of_fold.parquet", out_of_fold(trained, config), config)
        write_batches(folder / "test.parquet", tested(trained, config), config)
        write_json(folder / "thresholds.json", {name: as_stated(model.threshold) for name, model in trained.items()})


def write_batches(path: Path, batches: Iterator[pd.DataFrame], config: Config) -> None:
    """Write a table within a folder that is being written."""
    parts = Parts(path, config.layout.part_rows)
    for batch in batches:
        parts.add(batch)
    parts.end()


def out_of_fold(trained: dict[str, Trained], config: Config) -> Iterator[pd.DataFrame]:
    """Label and fold of each record of train and validation, its weight if there are weights, and its scores."""
    start = 0
    for name in FITTED:
        path = fold(SPLIT, name)
        columns = [RECORD_ID, "label", *({WEIGHT} & {*names_of(path)})]
        for batch in table_batches(path, columns, whole=at_once(config)):
            here = slice(start, start + len(batch))
            start = here.stop
            table = batch[[RECORD_ID, "label"]].astype({"label": "int64"}).assign(fold=name)
            table = table.assign(**{WEIGHT: batch[WEIGHT]} if WEIGHT in batch else {})
            yield table.assign(**{score_column(one): model.out_of_fold[here] for one, model in trained.items()})


def tested(trained: dict[str, Trained], config: Config) -> Iterator[pd.DataFrame]:
    """The scores of each record of the test fold."""
    for X in map(as_named, table_batches(fold(FEATURES, TEST), whole=at_once(config))):
        scores = {score_column(name): score(one.estimator, X, one.recalibration) for name, one in trained.items()}
        yield X.index.to_frame(index=False).assign(**scores)


def at_once(config: Config) -> bool:
    """Whether a table is read whole."""
    return not config.engine.in_batches


if __name__ == "__main__":
    main()
