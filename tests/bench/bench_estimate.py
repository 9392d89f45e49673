"""How often labels confirm what was estimated before them: python tests/bench estimate, after `dvc repro`.

1. Thyroid, month by month: a model fitted on the first 6, 9, 12 or 17 months and never again scores each later month.
   What the plain and the weighted estimate say of a month before its labels, beside what its labels then showed. The
   labels of a month are taken to arrive before the next month is judged.
2. The same without drift: of the records before the assay change, as many at random are learned from as in 1, with
   their days in any order, so that no month differs, and the others arrive, in batches of a month's size. With how much
   wider the intervals are because months could have differed.
3. Batches without drift: records of the reference drawn at random, the calibration fitted to the others.
4. Large batches without drift, from a population whose probabilities are known.

Prints how often the figure that the labels show lies within the interval. Nothing is chosen by the later months: how
much months differ is learned from those of the training, and the scale of its prior is a usual one.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from assay.bundle.reference import calibration as table_of
from assay.bundle.reference import counted
from assay.bundle.scoring import score
from assay.config.load import load
from assay.config.reading import plain
from assay.files import plain as as_json
from assay.files import read_json
from assay.modelling.records import labelled
from assay.modelling.training import Trained, train
from assay.monitoring.assumption import Assumption, assumption, moved
from assay.monitoring.calibration import Calibration, of_bundle
from assay.monitoring.estimation import PLAIN, WEIGHTED, Estimated, estimate
from assay.monitoring.known import Training
from assay.paths import CLEANED, FEATURES, PREDICTIONS, SPLIT, fold
from assay.records.columns import DATE, RECORD_ID
from assay.records.folds import TEST, TRAIN, VALIDATION
from assay.replay.monitor import known
from assay.replay.policies import Reference
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored
from assay.tables import read_table
from weighted_estimate import weighted

ASSAY_CHANGE, LEARNED = "1985-05-23", 1456
CONFIDENCE, STARTS, LEAST = 0.95, (6, 9, 12, 17), 50  # LEAST: records that a month must have to be judged
FIGURES = ("recall", "precision", "average_precision", "prevalence")
REPEATS = int(sys.argv[1]) if sys.argv[1:] else 200


@dataclass(frozen=True)
class Static:
    """The model of the first months: its reference X, y and scores out of fold, and what a bundle carries of them."""

    trained: Trained
    X: pd.DataFrame
    y: np.ndarray
    training: Training

    @property
    def calibration(self) -> Calibration:
        assert self.training.calibration
        return self.training.calibration

    @property
    def threshold(self) -> float:
        return self.trained.threshold.value


def every_record() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The features of all graded records, and their labels with `month`, in order of time."""
    parts = [read_table(fold(FEATURES, name)).set_index(RECORD_ID) for name in (TRAIN, VALIDATION, TEST)]
    split = pd.concat([read_table(fold(SPLIT, name)).set_index(RECORD_ID) for name in (TRAIN, VALIDATION, TEST)])
    X = pd.concat(parts)
    labels = split.loc[X.index]
    graded = labels["excluded"] == "" if "excluded" in labels else pd.Series(True, labels.index)
    dates = read_table(CLEANED, [RECORD_ID, DATE]).set_index(RECORD_ID).loc[X.index, DATE]
    labels = labels.assign(month=dates.dt.strftime("%Y-%m"), date=dates)[graded].sort_values("date", kind="stable")
    return X.loc[labels.index], labels


def static(X: pd.DataFrame, labels: pd.DataFrame) -> Static:
    config = load()
    first = labelled(X, labels)
    last = (labels["month"] == labels["month"].max()).to_numpy()  # the validation: joined with the rest, as in the line
    parts = (first.rows(np.flatnonzero(one)) for one in (~last, last))
    trained = train(plain(config.model), *parts, config.training, config.criteria.min_recall)
    y = first.y.to_numpy()
    of_first = Reference(first.X, y, trained.out_of_fold, labels["date"].to_numpy(), trained.threshold)
    return Static(trained, X, y, known(of_first, {}))


def numbers(model: Static, batch: pd.DataFrame) -> dict[str, np.ndarray]:
    """The counts of each number in the bins of the reference."""
    return {
        name: counted(batch[name].to_numpy("float64"), one.edges)
        for name, one in model.training.features.items()
        if len(one.edges)
    }


def by_month(
    model: Static, X: pd.DataFrame, labels: pd.DataFrame
) -> Iterator[tuple[str, Scored, dict[str, Estimated]]]:
    """Each month with its scored records and what the two methods estimated before their labels."""
    arrived: list[tuple[np.ndarray, np.ndarray]] = []  # since the training
    for month, rows in labels.groupby("month"):
        batch, y = X.loc[rows.index], rows["label"].to_numpy("int64")
        found = score(model.trained.estimator, batch, model.trained.recalibration)
        scored = Scored(y, found, model.threshold)
        counts = model.calibration.counted(found)
        other, why = weighted(model.X, model.trained.out_of_fold, model.y, batch, model.calibration, model.threshold)
        both = {
            PLAIN: (model.calibration, ""),
            WEIGHTED: (other, why),
        }
        labels_of = [np.array(side) for side in zip(*arrived, strict=True)]
        yield (
            str(month),
            scored,
            {
                method: estimate(
                    counts,
                    used,
                    assumption(
                        counts,
                        used,
                        numbers(model, batch),
                        model.training.features,
                        moved(*labels_of, used) if arrived else (),
                    ),
                    method,
                    fallback,
                )
                for method, (used, fallback) in both.items()
            },
        )
        arrived.append((counts, model.calibration.counted(found[y == 1])))


def shown(scored: Scored) -> dict[str, float]:
    """What the labels show."""
    figures = {name: METRICS[name].of(scored) for name in FIGURES if name in METRICS}
    return {**figures, "prevalence": scored.prevalence}


def confirmed(estimated: Estimated, truth: dict[str, float]) -> dict[str, bool | None]:
    """Whether each figure lies within its interval; None where either is undefined."""
    found = {}
    for name in FIGURES:
        low, high = estimated.figures[name].interval(CONFIDENCE)
        defined = np.isfinite([low, high, truth[name]]).all()
        found[name] = bool(low - 1e-9 <= truth[name] <= high + 1e-9) if defined else None
    return found


def cell(estimated: Estimated, name: str, truth: float, hit: bool | None) -> str:
    low, high = estimated.figures[name].interval(CONFIDENCE)
    out = "" if hit else " OUT"
    return f"{name[:9]} {estimated.figures[name].value:.3f} [{low:.3f}, {high:.3f}] {truth:.3f}{out}"


def width(estimated: Estimated, name: str) -> float:
    low, high = estimated.figures[name].interval(CONFIDENCE)
    return high - low


def share(hits: list[bool | None]) -> str:
    known = [one for one in hits if one is not None]
    return f"{sum(known)}/{len(known)} ({np.mean(known):.0%})" if known else "-"


Results = dict[str, list[tuple[bool, dict[str, bool | None]]]]


def months(first: int, *, told: bool) -> Results:
    """Of each method whether the assumption held in each month, and which figures were within; told: month by month."""
    X, labels = every_record()
    every = sorted(labels["month"].unique())
    early = labels["month"].isin(every[:first])
    model = static(X[early.to_numpy()], labels[early])
    print(
        f"reference {every[0]} to {every[first - 1]}: {len(model.y)} records, {model.y.sum()} positives, "
        f"threshold {model.threshold:.3f}, recalibrated: {model.trained.recalibration is not None}"
    )
    results: Results = {PLAIN: [], WEIGHTED: []}
    late = ~early.to_numpy()
    for month, scored, both in by_month(model, X[late], labels[~early]):
        if len(scored.y) < LEAST:
            continue
        truth = shown(scored)
        for method, one in both.items():
            hits = confirmed(one, truth)
            results[method].append((one.assumption.holds, hits))
            if not told:
                continue
            cells = [cell(one, name, truth[name], hits[name]) for name in FIGURES]
            print(f"{month} {method:8} n={len(scored.y)} ess={one.reference_records:.0f} | {' | '.join(cells)}")
            print("        ", "holds" if one.assumption.holds else "; ".join(one.assumption.reasons), one.fallback)
    return results


def summed(results: Results) -> None:
    for method, found in results.items():
        for which, wanted in (("all", None), ("holds", True), ("does not", False)):
            chosen = [hits for holds, hits in found if wanted is None or holds == wanted]
            shares = {name: share([one[name] for one in chosen]) for name in FIGURES}
            print(f"{method:8} {which:9} {len(chosen)} months", shares)


def without_drift(repeats: int, size: int = 300) -> None:
    """All of 1 but the drift: the model too is fitted anew each time."""
    X, labels = every_record()
    early = (labels["date"] < ASSAY_CHANGE).to_numpy()
    X, labels = X[early], labels[early].assign(month="")
    wider: dict[str, list[float]] = {name: [] for name in FIGURES}
    hits: dict[str, list[bool | None]] = {name: [] for name in FIGURES}
    said: Counter[str] = Counter()
    for seed in range(repeats):
        order = np.random.default_rng(seed).permutation(len(X))
        arriving, rest = np.sort(order[:size]), np.sort(order[size : size + LEARNED])
        halves = np.where(np.arange(len(rest)) < len(rest) * 5 // 6, "a", "b")
        days = np.random.default_rng(seed).permutation(labels["date"].to_numpy()[rest])
        model = static(X.iloc[rest], labels.iloc[rest].assign(month=halves, date=days))
        found = score(model.trained.estimator, X.iloc[arriving], model.trained.recalibration)
        scored = Scored(labels["label"].to_numpy("int64")[arriving], found, model.threshold)
        counts = model.calibration.counted(found)
        held = assumption(counts, model.calibration, numbers(model, X.iloc[arriving]), model.training.features)
        said["holds" if held.holds else held.reasons[0][:60]] += 1
        one, without = (estimate(counts, of, held) for of in (model.calibration, model.calibration.of_all_months))
        for name, hit in confirmed(one, shown(scored)).items():
            hits[name].append(hit)
            wider[name].append(width(one, name) / width(without, name))
    print("intervals wider by", {name: f"{np.mean(found) - 1:.0%}" for name, found in wider.items()})
    print(f"fitted anew, without drift, batches of {size}:", {k: share(v) for k, v in hits.items()}, dict(said))


def seen() -> tuple[np.ndarray, np.ndarray, float]:
    """Scores out of fold and labels of the default line, and its threshold."""
    table = read_table(PREDICTIONS / "out_of_fold.parquet")
    cut = read_json(PREDICTIONS / "thresholds.json")["model"]["value"]
    return table["score"].to_numpy(), table["label"].to_numpy("int64"), cut


def drawn_from_the_reference(batch: int) -> None:
    scores, y, cut = seen()
    hits: dict[str, list[bool | None]] = {name: [] for name in FIGURES}
    said: Counter[str] = Counter()
    for seed in range(REPEATS):
        order = np.random.default_rng(seed).permutation(len(y))
        arriving, rest = order[:batch], order[batch:]
        one, held, truth = judged(scores[rest], y[rest], scores[arriving], y[arriving], cut)
        said["holds" if held.holds else held.reasons[0].split("of")[-1][:40]] += 1
        for name, hit in confirmed(one, truth).items():
            hits[name].append(hit)
    print(f"without drift, batches of {batch}:", {name: share(found) for name, found in hits.items()}, dict(said))


def from_a_known_population(batch: int) -> None:
    scores, _, cut = seen()
    hits: dict[str, list[bool | None]] = {name: [] for name in FIGURES}
    said: Counter[str] = Counter()
    probability = expit(0.2 + 0.8 * logit(np.clip(scores, 1e-6, 1 - 1e-6)))
    for seed in range(REPEATS):
        generator = np.random.default_rng(seed)
        reference, arriving = (generator.choice(len(scores), size) for size in (len(scores), batch))
        first, later = ((generator.random(len(one)) < probability[one]).astype(int) for one in (reference, arriving))
        one, held, truth = judged(scores[reference], first, scores[arriving], later, cut)
        said["holds" if held.holds else held.reasons[0][-40:]] += 1
        for name, hit in confirmed(one, truth).items():
            hits[name].append(hit)
    print(f"known probabilities, batches of {batch}:", {name: share(found) for name, found in hits.items()}, dict(said))


def judged(
    scores: np.ndarray, y: np.ndarray, arriving: np.ndarray, later: np.ndarray, cut: float
) -> tuple[Estimated, Assumption, dict[str, float]]:
    """The estimate for a batch, what speaks against it once its own labels are there, and what they show."""
    found = of_bundle(as_json({"calibration": table_of(scores, y, cut)}), cut, draws=500)
    counts = found.counted(arriving)
    held = assumption(counts, found, contradicted=moved(counts, found.counted(arriving[later == 1]), found))
    return estimate(counts, found, held), held, shown(Scored(later, arriving, cut))


if __name__ == "__main__":
    every: Results = {PLAIN: [], WEIGHTED: []}
    for first in STARTS:
        results = months(first, told=first == STARTS[0])
        summed(results)
        for method, found in results.items():
            every[method] += found
    print("from every start:")
    summed(every)
    without_drift(REPEATS // 5)
    for size in (200, 300, 1000, 2000):
        drawn_from_the_reference(size)
    for size in (300, 5000, 200_000):
        from_a_known_population(size)
