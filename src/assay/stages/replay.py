"""replay: production simulated month by month on the dated records, under each policy of retraining."""

from collections.abc import Callable
from dataclasses import asdict
from functools import cache

import numpy as np
import pandas as pd

from assay.config.reading import plain
from assay.config.schema import Config
from assay.config.start import stage
from assay.config.words import complete
from assay.datasets import knowledge
from assay.files import write_json, write_text
from assay.lineage.checks import require
from assay.modelling.records import Records, labelled
from assay.modelling.training import fits, train
from assay.paths import FEATURES, REPLAY, REPLAY_BY_MONTH, REPLAY_PAGE, SPLIT, fold
from assay.profile.drift import ChangePoint, greatest_change
from assay.progress import progress
from assay.records.columns import DATE, RECORD_ID
from assay.records.feature_table import read_features
from assay.records.folds import FOLDS
from assay.replay.monitor import monitored
from assay.replay.months import Timeline, learnable, require_learnable, timeline
from assay.replay.outcome import Runs, as_json, by_month, outcomes
from assay.replay.page import render
from assay.replay.policies import Policy, never, scheduled, triggered
from assay.replay.simulation import Fit, Gate, Model, simulate
from assay.tables import read_table, write_table


@stage
def main(config: Config) -> None:
    """Read data/features and the labels of all folds, write reports/replay*."""
    records, dates = read_graded()
    time = timeline(records, dates, config.replay)
    require_learnable(time, config.training.folds)
    runs = replayed(time, config)
    write_results(time, runs, config)


def read_graded() -> tuple[Records, pd.Series | None]:
    """The records of all folds that have a class, and their dates."""
    require(FEATURES, *(fold(SPLIT, name) for name in FOLDS))
    tables = [read_table(fold(SPLIT, name)) for name in FOLDS]
    labels = pd.concat([one[one["excluded"] == ""] for one in tables]).set_index(RECORD_ID)
    X = pd.concat([read_features(fold(FEATURES, name)) for name in FOLDS]).loc[labels.index]
    return labelled(X, labels), labels.get(DATE)


def replayed(time: Timeline, config: Config) -> Runs:
    """The months of production under each policy."""
    with progress(fits(plain(config.model), config.training) * len(time.names), "fits") as bar:
        fit = fitting(time, config, bar.update)
        gate = Gate(config.evaluation.resamples, config.evaluation.confidence, config.evaluation.seed)
        delay = config.replay.label_delay
        return {one.name: simulate(time, one, fit, delay, gate) for one in policies(time, config)}


def fitting(time: Timeline, config: Config, advance: Callable[[], object]) -> Fit:
    """Fits as `train` does, on all records up to and with a month; for the same month it gives the same model."""
    model, of = plain(config.model), config.replay

    @cache
    def fit(until: int) -> Model | None:
        rows = time.until(until)
        if not learnable(time.records.rows(rows), config.training.folds):
            return None
        earlier, newest = np.split(rows, [len(rows) - round(len(rows) * of.validation_share)])
        parts = time.records.rows(earlier), time.records.rows(newest)
        return Model(until, train(model, *parts, config.training, config.criteria.min_recall, advance))

    return fit


def policies(time: Timeline, config: Config) -> list[Policy]:
    """Never, by the calendar, and when the monitor says so."""
    of = config.replay
    titles = {name: asdict(title) for name, title in knowledge(config.dataset).titles.items()}
    monitor = monitored(config.criteria.monitoring, titles, config.dataset.slices)
    return [never(), scheduled(of.schedule, time.window + of.label_delay + 1), triggered(monitor, of.gap)]


def write_results(time: Timeline, runs: Runs, config: Config) -> None:
    """The metrics, the table for plots, and the page."""
    found = outcomes(time, runs, config.evaluation.resamples, config.evaluation.seed)
    content, table = as_json(time, runs, found, config.evaluation.confidence), by_month(time, runs)
    write_json(REPLAY, content, sort_keys=False)
    write_table(REPLAY_BY_MONTH, table)
    called = complete(config.dataset.words)
    write_text(REPLAY_PAGE, render(content, time, runs, table, changes(time, config), config.replay, called))


def changes(time: Timeline, config: Config) -> dict[str, ChangePoint]:
    """The notable change of each number of the contract, for readers alone: it looks at all months."""
    X = time.records.X
    days = pd.Series(time.days, X.index)
    numbers = [name for name, one in config.dataset.columns.items() if one.type == "number" and name in X]
    found = {name: greatest_change(X[name], days) for name in numbers}
    return {name: one for name, one in found.items() if one and one.notable}


if __name__ == "__main__":
    main()
