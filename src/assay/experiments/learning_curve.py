"""Would more data help? Average precision against the number of records that a model learns from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.recalibration import Recalibration
from assay.bundle.scoring import score
from assay.files import read_json, write_text
from assay.lineage.checks import require
from assay.modelling.fitting import fitted
from assay.modelling.records import Records, joined, read_labelled
from assay.modelling.training import blocks
from assay.paths import BUNDLE, FEATURES, SPLIT, fold
from assay.presentation import words
from assay.presentation.markdown import Markdown
from assay.presentation.markdown import table as table_of
from assay.progress import progress
from assay.records.folds import TRAIN, VALIDATION
from assay.statistics.bootstrap import Estimate, Resamples, estimate_one, mean_of_repeats
from assay.statistics.resampled import Scored, average_precision
from assay.tables import write_table

RESAMPLES, CONFIDENCE, SEED = 1000, 0.95, 42
Parts = list[tuple[np.ndarray, np.ndarray]]  # positions to learn from, positions to score


@dataclass(frozen=True)
class Point:
    """The mean number of training records, of positives among them, and the average precision out of fold."""

    records: int
    positives: int
    average_precision: Estimate


def of_the_last_run(folds: int, doublings: int, repeats: int) -> list[Point]:
    """The curve of the model in models/ on the records of train and validation."""
    require(BUNDLE, FEATURES, *(fold(SPLIT, name) for name in (TRAIN, VALIDATION)))
    bundle = read_json(BUNDLE)
    records = joined(read_labelled(TRAIN), read_labelled(VALIDATION))
    with progress(fits(folds, doublings, repeats), "fits") as bar:
        return learning_curve(bundle["model"], records, folds, doublings, repeats, bar.update, Recalibration.of(bundle))


def learning_curve(
    model: dict[str, Any],
    records: Records,
    folds: int,
    doublings: int,
    repeats: int,
    advance: Callable[[], Any] = lambda: None,
    recalibration: Recalibration | None = None,
) -> list[Point]:
    """The curve of a model without early stopping. Each point has twice the training records of the one before.

    Each block of the records is scored by a model that learned from a part of the other blocks. For each size,
    `repeats` random parts are averaged, each of which contains the smaller ones of its repeat. The intervals cover
    another draw of the scored records and of the parts: both are resampled, the records alike for all points. `advance`
    is called after each fit. recalibration: of the model; it keeps the order of records, but
    scores are rounded after it.
    """
    drawn = Resamples(len(records.y), RESAMPLES, SEED)
    points = []
    for halvings in range(doublings, -1, -1):
        runs = []
        for repeat in range(repeats if halvings else 1):
            parts = [(part(records, rest, halvings, repeat), block) for rest, block in blocks(records, folds)]
            found = scores(model, records, parts, advance, recalibration)
            scored = Scored(records.y.to_numpy(), found, 0.5, records.weight)
            runs.append(estimate_one(scored, drawn, average_precision))
        size = round(np.mean([len(chosen) for chosen, _ in parts]))
        positives = round(np.mean([records.y.iloc[chosen].sum() for chosen, _ in parts]))
        points.append(Point(size, positives, mean_of_repeats(runs, SEED)))
    return points


def fits(folds: int, doublings: int, repeats: int) -> int:
    """How often `learning_curve` calls `advance`."""
    return folds * (doublings * repeats + 1)


def part(records: Records, rest: np.ndarray, halvings: int, repeat: int) -> np.ndarray:
    """A random part of the positions `rest`, 1 / 2**halvings of each class; it contains all smaller parts."""
    generator = np.random.default_rng([SEED, repeat])
    y = records.y.to_numpy()[rest]
    shuffled = (generator.permutation(rest[y == label]) for label in (0, 1))
    return np.sort(np.concatenate([of_class[: max(1, len(of_class) >> halvings)] for of_class in shuffled]))


def scores(
    model: dict[str, Any],
    records: Records,
    parts: Parts,
    advance: Callable[[], Any],
    recalibration: Recalibration | None = None,
) -> np.ndarray:
    """Scores (n,), each by the model of its block."""
    found = np.empty(len(records.y))
    for chosen, block in parts:
        found[block] = score(fitted(model, records.rows(chosen)), records.X.iloc[block], recalibration)
        advance()
    return found


def table(points: Sequence[Point]) -> pd.DataFrame:
    """Columns training_records, positives, average_precision, and its interval, low and high; a row per point."""
    rows = [
        (one.records, one.positives, one.average_precision.value, *one.average_precision.interval(CONFIDENCE))
        for one in points
    ]
    return pd.DataFrame(rows, columns=["training_records", "positives", "average_precision", "low", "high"])


def answer(points: Sequence[Point]) -> str:
    """Whether more data would help, judged by the last doubling."""
    before, last = points[-2:]
    gain = last.average_precision.minus(before.average_precision)
    low, high = gain.interval(CONFIDENCE)
    change = (
        f"From {before.records} to {last.records} training records average precision changed by "
        f"{words.signed(gain.value, (low, high))}"
    )
    if low > 0:
        return f"More data would help. {change}; the next doubling mostly brings less."
    if high <= 0:
        return f"More data of this kind would not help. {change}."
    return f"Whether more data would help is undecided. {change}; a gain of more than {high:.3f} is unlikely."


def write(points: Sequence[Point], folder: Path) -> None:
    """Write the table as CSV, and the figure."""
    curve = table(points)
    write_table(folder / "learning_curve.csv", curve)
    write_text(folder / "learning_curve.svg", picture(curve))


def picture(curve: pd.DataFrame) -> str:
    """The table as SVG."""
    import matplotlib

    from assay.report import figures

    with matplotlib.rc_context(figures.STYLE):
        return figures.svg(figures.SIZE, lambda ax: figures.learning_curve(ax, curve))


def as_markdown(points: Sequence[Point]) -> Markdown:
    """The table, and the answer."""
    rows = [
        (
            one.records,
            one.positives,
            words.with_interval(one.average_precision.value, one.average_precision.interval(CONFIDENCE)),
        )
        for one in points
    ]
    found = table_of(["training records", "positives", "average precision, out of fold"], rows)
    return Markdown("\n\n").join([found, answer(points)])
