"""How often `assay monitor` speaks for nothing, and how soon it names a change: make bench-monitor.

Beside it, on the same batches, what is usual elsewhere: the Kolmogorov-Smirnov test of each number at p < .05, and the
population stability index of each column above .2. Needs the model and the data of the last run.

1. Batches without drift, drawn with replacement from the records of train, with their scores out of fold, half of them
   of one month and half of a year: how many have a finding. And each month of train against the others, which differ.
2. Changes that were planted in records of train: after how many records each is named in 8 of 10 batches. Of labels
   that stop coming: how many records have come since the first of them was due.
3. The assay change of 1985-05-23, with the months before May as the training.
4. Models of few records drawn at random from those before the assay change, dated as half a year, and three later
   months of other such records: how often scores, or alerts, are found although nothing changed.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from assay.bundle.loading import Bundle, load
from assay.bundle.reference import reference
from assay.bundle.scoring import score
from assay.bundle.threshold import Threshold
from assay.config.load import load as configured
from assay.files import plain
from assay.monitoring.command import counted_and_met
from assay.monitoring.counts import Counts, of_piece
from assay.monitoring.drift import drifted
from assay.monitoring.finding import Finding, Kind
from assay.monitoring.judging import late
from assay.monitoring.known import Training, training
from assay.monitoring.performance import from_labels
from assay.monitoring.pieces import Piece, of_scored
from assay.paths import FEATURES, MODEL, PREDICTIONS, RAW, SPLIT, fold
from assay.preparation.features import categorised
from assay.records.columns import DATE, RECORD_ID
from assay.records.folds import TRAIN, VALIDATION
from assay.records.formats import CSV, FILES
from assay.records.reading import read
from assay.scoring.scorer import Scorer
from assay.tables import read_table
from usual_drift import Usual

BATCHES, REPEATS, NAMED = 200, 10, 0.8
SIZES = np.geomspace(200, 200_000, BATCHES).round().astype(int)
STEPS = (50, 100, 200, 400, 800, 1600, 3200, 6400)
CHANGE = "1985-05"
LEARNED = (250, 400, 700, 1200)  # records of a small training
A_MONTH = 280  # records, as many as the training has in a month
ASKED = configured().criteria.monitoring
UNITS = {"TT4": 12.87, "T3": 1.536}  # nmol/L in one µg/dL, in one ng/mL


class Line:
    """The records of train and validation with their features, dates, labels and scores out of fold."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.titles = {one["name"]: one["title"] for one in bundle.description["features"] if one.get("title")}
        folds = (TRAIN, VALIDATION)
        tables = [read_table(fold(FEATURES, one)).set_index(RECORD_ID) for one in folds]
        self.X = categorised(pd.concat(tables), bundle.vocabularies)
        seen = read_table(PREDICTIONS / "out_of_fold.parquet").set_index(RECORD_ID)
        days = pd.concat([read_table(fold(SPLIT, one), [RECORD_ID, DATE]) for one in folds]).set_index(RECORD_ID)
        self.seen = seen.loc[self.X.index, ["label", "fold", "score"]].join(days.rename(columns={DATE: "date"}))
        self.months = self.seen["date"].dt.strftime("%Y-%m").to_numpy()
        self.train = np.flatnonzero(self.seen["fold"] == TRAIN)

    def training(self, rows: np.ndarray) -> Training:
        """The reference of these records, as `train` makes it."""
        seen = self.seen.iloc[rows].assign(fold=TRAIN)
        found = reference(self.X.iloc[rows], None, seen, self.bundle.threshold)
        return training(plain(found), self.titles, Threshold(**self.bundle.description["threshold"]), refit=False)

    def piece(self, rows: np.ndarray, a_month: int | None = None) -> Piece:
        """These records, of their own months, or so many in each month from 1986-01 on."""
        score = self.seen["score"].to_numpy()[rows]
        days = self.seen["date"].to_numpy()[rows].astype("datetime64[D]")
        days = days if a_month is None else spread(len(rows), a_month)
        features = {name: column.array[rows] for name, column in self.X.items()}
        alerts = score >= self.bundle.threshold
        return Piece(days, self.X.index.to_numpy("object")[rows], score, alerts, features, np.arange(len(rows)), {}, {})


def spread(count: int, a_month: int) -> np.ndarray:
    """The day of each record, (count,), with so many in a month."""
    return (np.datetime64("1986-01", "M") + np.arange(count) // a_month).astype("datetime64[D]")


def found(piece: Piece, known: Training) -> list[Finding]:
    """What the monitor finds."""
    counts = Counts()
    counts.add(of_piece(piece, known))
    return drifted(counts, known, ASKED)


def table_of(piece: Piece) -> pd.DataFrame:
    """The features and scores of a piece."""
    return pd.DataFrame(dict(piece.features)).assign(score=piece.scores[piece.places])


def without_drift(line: Line) -> None:
    """Part 1."""
    random, known = np.random.default_rng(0), line.training(line.train)
    usual = Usual(table_of(line.piece(line.train)))
    names = list(usual.table)
    alarms: list[tuple[int, bool, bool, bool]] = []
    for number, size in enumerate(SIZES):
        months = 12 if number % 2 and size >= 12 * ASKED.fewest else 1
        piece = line.piece(random.choice(line.train, size), -(-size // months))
        here = table_of(piece)
        spoke = found(piece, known)
        alarms.append((size, bool(spoke), bool(usual.ks(here, names)), bool(usual.psi(here, names))))
    table = pd.DataFrame(alarms, columns=["records", "monitor", "KS p < .05", "PSI > .2"])
    print(f"1. {BATCHES} batches without drift; stated: at most {ASKED.false_alarm_rate:.1%} with a finding")
    bands = pd.cut(table["records"], [0, 632, 6325, 63246, 200_000])
    print(table.drop(columns="records").groupby(bands, observed=True).mean().to_string(float_format="{:.1%}".format))
    print(table.drop(columns="records").mean().to_string(float_format="{:.1%}".format))
    each = [*left_out(line)]
    said = [f"{month}: {', '.join(_names(one))}" for month, one, _, _ in each if one]
    print(
        f"   of {len(each)} months of train, each against the others, {len(said)} have a finding {said}; "
        f"KS {sum(ks for *_, ks, _ in each)}, PSI {sum(psi for *_, psi in each)}"
    )


def left_out(line: Line) -> Iterator[tuple[str, list[Finding], bool, bool]]:
    """Each month of train with enough records against the others: what the three ways say."""
    months = line.months[line.train]
    for month in np.unique(months):
        rows = line.train[months == month]
        if len(rows) >= ASKED.fewest:
            piece, others = line.piece(rows), line.train[months != month]
            usual, here = Usual(table_of(line.piece(others))), table_of(piece)
            spoken = bool(usual.ks(here, list(here))), bool(usual.psi(here, list(here)))
            yield month, found(piece, line.training(others)), *spoken


def _names(findings: list[Finding]) -> list[str]:
    return list(dict.fromkeys(f"{one.subject} ({one.kind})" for one in findings))


def _unit(name: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def changed(raw: pd.DataFrame) -> pd.DataFrame:
        numbers = pd.to_numeric(raw[name]) / UNITS[name]
        return raw.assign(**{name: numbers.map(lambda one: "" if one != one else f"{one:.3g}")})

    return changed


def _gone(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.assign(TSH="", TSH_measured="f")


def _new(raw: pd.DataFrame) -> pd.DataFrame:
    some = np.random.default_rng(len(raw)).random(len(raw)) < 0.05
    return raw.assign(referral_source=raw["referral_source"].mask(some, "NEW"))


PLANTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], Callable[[Finding], bool], str]] = {
    "TT4 in another unit": (_unit("TT4"), lambda one: one.subject == "TT4" and one.kind == Kind.UNIT, "TT4"),
    "T3 in another unit": (_unit("T3"), lambda one: one.subject == "T3" and one.kind in (Kind.UNIT, Kind.VALUES), "T3"),
    "TSH gone": (_gone, lambda one: one.subject == "TSH" and one.kind == Kind.MISSING, "TSH"),
    "a new referral source (5 %)": (
        _new,
        lambda one: one.subject == "referral_source_values" and one.kind == Kind.CONTRACT,
        "referral_source",
    ),
}


def planted(line: Line) -> None:
    """Part 2."""
    known, scorer = line.training(line.train), Scorer(line.bundle)
    usual = Usual(table_of(line.piece(line.train)))
    raw = read(RAW / FILES[CSV])
    ids = set(line.X.index[line.train])
    raw = raw[raw["patient_id"].isin(ids)].reset_index(drop=True)
    print(f"\n2. records until {NAMED:.0%} of {REPEATS} batches name it (– : not in {STEPS[-1]})")
    for name, (plant, names_it, column) in PLANTS.items():

        def drawn(size: int, random: np.random.Generator, plant: Callable[..., pd.DataFrame] = plant) -> Piece:
            rows = raw.iloc[random.choice(len(raw), size)].reset_index(drop=True)
            days = pd.to_datetime(spread(size, A_MONTH)).strftime("%y%m%d")
            rows["patient_id"] = [f"{day}{one % 1000:03}" for one, day in enumerate(days)]
            return of_scored(scorer(plant(rows)))

        _row(name, drawn, known, usual, names_it, column)
    positive = line.seen["label"].to_numpy()[line.train].astype(bool)
    doubled = np.where(positive, 2.0, (1 - 2 * positive.mean()) / (1 - positive.mean()))
    weights = doubled / doubled.sum()

    def prevalent(size: int, random: np.random.Generator) -> Piece:
        return line.piece(random.choice(line.train, size, p=weights), A_MONTH)

    _row("prevalence doubled", prevalent, known, usual, lambda one: one.kind in (Kind.SCORES, Kind.ALERTS), "score")
    delay = next((str(step) for step in STEPS if late_labels(line, known, step)), "–")
    on_time = any(late_labels(line, known, step, stop=False) for step in STEPS)
    print(f"   {'labels stop coming':30}monitor {delay:8}KS –       PSI –       (named without a change: {on_time})")


def late_labels(line: Line, known: Training, step: int, *, stop: bool = True) -> bool:
    """Whether it is named that labels stopped after four months; step: records since the first lacking one was due."""
    before, due = 4 * A_MONTH, 12 * A_MONTH * ASKED.labels_after_days // 365
    count = before + due + step
    piece = line.piece(np.random.default_rng(step).choice(line.train, count), A_MONTH)
    days = np.datetime64("1986-01-01") + np.arange(count) * 365 // (12 * A_MONTH)
    piece = replace(piece, days=days, ids=np.arange(count).astype("str").astype("object"))
    come = np.arange(count) < (before if stop else count - due)
    label = line.seen["label"].to_numpy()[line.train][:count] == 1
    labels = pd.DataFrame({"label": np.resize(label, count), "ungradable": False}, pd.Index(piece.ids))[come]
    counts, labelled = counted_and_met([piece], known, labels)
    return bool([*late(from_labels(labelled, counts, known, ASKED), counts, ASKED)])


def _row(
    name: str,
    drawn: Callable[[int, np.random.Generator], Piece],
    known: Training,
    usual: Usual,
    names_it: Callable[[Finding], bool],
    column: str,
) -> None:
    tools: dict[str, Callable[[Piece], bool]] = {
        "monitor": lambda piece: any(map(names_it, found(piece, known))),
        "KS": lambda piece: bool(usual.ks(table_of(piece), [column])),
        "PSI": lambda piece: bool(usual.psi(table_of(piece), [column])),
    }
    hits = {tool: dict.fromkeys(STEPS, 0) for tool in tools}
    for step in STEPS:
        for repeat in range(REPEATS):
            piece = drawn(step, np.random.default_rng([step, repeat]))
            for tool, named in tools.items():
                hits[tool][step] += named(piece)
    delays = {
        tool: next((str(step) for step, count in one.items() if count >= NAMED * REPEATS), "–")
        for tool, one in hits.items()
    }
    print(f"   {name:30}" + "".join(f"{tool} {delay:8}" for tool, delay in delays.items()))


def assay_change(line: Line) -> None:
    """Part 3."""
    known = line.training(np.flatnonzero(line.months < CHANGE))
    later = np.flatnonzero(line.months >= CHANGE)
    print(f"\n3. the assay change of 1985-05-23; training: the months before {CHANGE}")
    for one in found(line.piece(later), known):
        size = f"{one.size:.2f}, usual {one.usual:.2f}, p {one.p:.1g}"
        print(
            f"   {one.month} {one.subject} ({one.kind}): {one.what}; {size}; also: {', '.join(one.also) or 'nothing'}"
        )


def few_records(line: Line) -> None:
    """Part 4."""
    from bench_estimate import ASSAY_CHANGE, every_record, static

    X, labels = every_record()
    early = (labels["date"] < ASSAY_CHANGE).to_numpy()
    X, labels = X[early], labels[early]
    print("\n4. models of few records; without drift")
    for size in LEARNED:
        said: list[set[Kind]] = []
        positives = []
        for seed in range(2 * REPEATS):
            order = np.random.default_rng([size, seed]).permutation(len(X))
            rest, arriving = order[:size], order[size : size + 800]
            days = pd.Timestamp("1984-01-01") + pd.to_timedelta(np.arange(size) * 180 // size, unit="D")
            dated = labels.iloc[rest].assign(date=days, month=days.strftime("%Y-%m"))
            model = static(X.iloc[rest], dated)
            scores = score(model.trained.estimator, X.iloc[arriving], model.trained.recalibration)
            features = {str(name): column.array for name, column in X.iloc[arriving].items()}
            whole = np.arange(len(arriving))
            piece = Piece(spread(800, A_MONTH), whole, scores, scores >= model.threshold, features, whole, {}, {})
            said.append({one.kind for one in found(piece, model.training)})
            positives.append(int(model.y.sum()))
        told = {kind: sum(kind in one for one in said) for kind in (Kind.SCORES, Kind.ALERTS)}
        anything = sum(map(bool, said))
        print(f"   {size} records, {np.mean(positives):.0f} positives: {told}, any finding {anything}, of {len(said)}")


if __name__ == "__main__":
    parts = {"1": without_drift, "2": planted, "3": assay_change, "4": few_records}
    of_the_line = Line(load(Path(MODEL)))
    for number in sys.argv[1:] or parts:
        parts[number](of_the_line)
