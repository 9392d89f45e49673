"""Leaks to plant: of each the check that finds it, what it says, and how the evidence gets it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from assay.audit.evidence import Evidence
from assay.records.folds import TEST, TRAIN, VALIDATION
from audit_samples import features as plain
from audit_samples import noise, positive, with_column, with_feature, with_features, with_fold

Plant = Callable[[Evidence], Evidence]


def copied_positives(evidence: Evidence) -> Evidence:
    train = evidence.folds[TRAIN]
    return with_fold(evidence, TRAIN, pd.concat([train, train[train["label"]]]))


def invented_positives(evidence: Evidence) -> Evidence:
    train = evidence.folds[TRAIN]
    return with_fold(
        evidence, TRAIN, pd.concat([train, train[train["label"]].rename(lambda name: f"synthetic {name}")])
    )


def thinned_negatives(evidence: Evidence) -> Evidence:
    test = evidence.folds[TEST]
    kept = test["label"] | (np.arange(len(test)) % 3 == 0)
    return with_fold(evidence, TEST, test[kept])


def record_in_two_folds(evidence: Evidence) -> Evidence:
    return with_fold(evidence, TEST, pd.concat([evidence.folds[TEST], evidence.folds[TRAIN].tail(1)]))


def person_in_two_folds(evidence: Evidence) -> Evidence:
    people = {name: [f"{name} {i}" for i in range(len(table))] for name, table in evidence.folds.items()}
    people[VALIDATION][7] = people[TRAIN][5]
    grouped = {name: table.assign(group=people[name]) for name, table in evidence.folds.items()}
    return replace(evidence, folds=grouped)


def entered_again(evidence: Evidence) -> Evidence:
    """Ten complete records of train stand in test too, under ids and dates of their own, in other units."""
    known = evidence.records.loc[evidence.folds[TRAIN].index].dropna().index[:10]
    ids = evidence.folds[TEST].index[20:30]
    records = evidence.records.copy()
    for column in ("age", "sex", "TSH", "FTI", "T3"):
        records.loc[ids, column] = records.loc[known, column].to_numpy()
    records.loc[ids, "TSH"] *= 1.0004
    return replace(evidence, records=records)


def late_record_in_train(evidence: Evidence) -> Evidence:
    train = evidence.folds[TRAIN].copy()
    train.iloc[3, train.columns.get_loc("date")] = pd.Timestamp("1987-01-01")
    return with_fold(evidence, TRAIN, train)


def overall_mean(records: pd.DataFrame) -> pd.DataFrame:
    return plain(records).assign(TSH=records["TSH"] - records["TSH"].mean())


def rate_by_age(records: pd.DataFrame) -> np.ndarray:
    """Target encoding that counts the record itself."""
    return pd.Series(positive(records)).groupby(records["age"].to_numpy()).transform("mean").to_numpy()


def positives_last(evidence: Evidence) -> Evidence:
    return replace(evidence, folds={name: table.sort_values("label") for name, table in evidence.folds.items()})


def positives_numbered_apart(evidence: Evidence) -> Evidence:
    names = {
        name: f"{'9' if ill else '1'}{i:05}"
        for i, (name, ill) in enumerate(zip(evidence.records.index, positive(evidence.records), strict=True))
    }
    return replace(
        evidence,
        records=evidence.records.rename(names),
        annotated=evidence.annotated.rename(names),
        folds={name: table.rename(names) for name, table in evidence.folds.items()},
        features={name: table.rename(names) for name, table in evidence.features.items()},
    )


def fails_on_test(evidence: Evidence) -> Evidence:
    return replace(evidence, test=evidence.test.assign(score=evidence.test["score"].to_numpy()[::-1]))


def batch_artefact(evidence: Evidence) -> Evidence:
    """Until the test fold the sick were measured on another machine, whose readings the model has learned."""
    told = evidence.records.index.difference(evidence.folds[TEST].index)

    def scanner(records: pd.DataFrame) -> np.ndarray:
        return noise(records) + 4 * positive(records) * records.index.isin(told)

    return fails_on_test(with_feature(evidence, scanner=scanner))


def height(records: pd.DataFrame) -> np.ndarray:
    return 1.7 + 0.2 * noise(records)


def separated(records: pd.DataFrame) -> np.ndarray:
    return np.abs(noise(records)) + 9 * positive(records)


PLANTS: dict[str, tuple[str, str, Plant]] = {
    "positives copied": ("A01", "twice", copied_positives),
    "positives invented": ("A01", "not among the annotated", invented_positives),
    "negatives thinned out": ("A01", "prevalence", thinned_negatives),
    "a record in two folds": ("A02", "record ids in both train and test: 1", record_in_two_folds),
    "a person in two folds": ("A02", "groups in both train and validation: 1", person_in_two_folds),
    "records entered again": ("A03", "the same content: 10", entered_again),
    "a late record in train": (
        "A04",
        "records of train that are not older than the first of validation: 1",
        late_record_in_train,
    ),
    "the outcome with noise": (
        "A05",
        "result has",
        lambda line: with_feature(line, result=lambda r: positive(r) + 0.2 * noise(r)),
    ),
    "the outcome as a category": (
        "A05",
        "result has",
        lambda line: with_feature(line, result=lambda r: pd.Categorical(np.where(positive(r), "seen", "sought"))),
    ),
    "filled in for the healthy only": (
        "A05",
        "result is missing",
        lambda line: with_feature(line, result=lambda r: np.where(positive(r), np.nan, noise(r))),
    ),
    "almost the outcome": (
        "A12",
        "result has an average precision of 0.9",
        lambda line: with_feature(line, result=lambda r: 3.3 * positive(r) + noise(r)),
    ),
    "written after the outcome": (
        "A12",
        "dose has",
        lambda line: with_feature(line, dose=lambda r: 80 * positive(r) * (noise(r) < 1.2) + 40 * (noise(r) > 1.8)),
    ),
    "a difference, by hand": (
        "A13",
        "part and rest together",
        lambda line: with_feature(
            line, part=lambda r: 20 * noise(r), rest=lambda r: 20 * noise(r) - 4 * positive(r) - np.sin(1e4 * noise(r))
        ),
    ),
    "a body mass index, by hand": (
        "A13",
        "height and weight together",
        lambda line: with_feature(
            line, height=height, weight=lambda r: (22 + 9 * positive(r) + 3 * np.sin(1e4 * noise(r))) * height(r) ** 2
        ),
    ),
    "filled in for some of the sick": (
        "A14",
        "cause: of 5",
        lambda line: with_feature(line, cause=lambda r: np.where(positive(r) * (noise(r) > 0), noise(r), np.nan)),
    ),
    "filled in for the sick, and some that fell ill later": (
        "A14",
        "cause: of",
        lambda line: with_feature(line, cause=lambda r: np.where(positive(r) + (noise(r) > 1), noise(r), np.nan)),
    ),
    "zero but for some of the sick": (
        "A14",
        "dose: of 5",
        lambda line: with_feature(line, dose=lambda r: positive(r) * np.maximum(noise(r), 0).round(1)),
    ),
    "a copy": ("A15", "again is a copy of TSH", lambda line: with_column(line, again=lambda r: r["TSH"])),
    "a copy in another unit": (
        "A15",
        "kelvin is a copy of FTI",
        lambda line: with_column(line, kelvin=lambda r: (273.15 - 0.1 * r["FTI"]).round(2)),
    ),
    "a copy in other words": (
        "A15",
        "gender is a copy of sex",
        lambda line: with_column(line, gender=lambda r: r["sex"].map({"F": "w", "M": "m"})),
    ),
    "the label itself": ("A06", "result", lambda line: with_feature(line, result=positive)),
    "a sum": (
        "A06",
        "part + rest",
        lambda line: with_feature(line, part=lambda r: 20 * noise(r), rest=lambda r: separated(r) - 20 * noise(r)),
    ),
    "a difference": (
        "A06",
        "part - rest",
        lambda line: with_feature(line, part=lambda r: 20 * noise(r), rest=lambda r: 20 * noise(r) - separated(r)),
    ),
    "a ratio": (
        "A06",
        "part / rest",
        lambda line: with_feature(
            line, part=lambda r: np.exp(3 * noise(r)) * (1 + separated(r)), rest=lambda r: np.exp(3 * noise(r))
        ),
    ),
    "equal or not": (
        "A06",
        "part = rest",
        lambda line: with_feature(
            line, part=noise, rest=lambda r: noise(r) + (1 - positive(r)) * np.sign(np.sin(99 * noise(r)))
        ),
    ),
    "declared unavailable": ("A07", "biopsy is among", lambda line: with_feature(line, biopsy=lambda r: r["biopsy"])),
    "an identifier": ("A07", "date is among", lambda line: with_feature(line, date=lambda r: noise(r))),
    "unavailable, under another name": (
        "A07",
        "histology is a copy of biopsy",
        lambda line: with_column(line, histology=lambda r: np.exp(r["biopsy"])),
    ),
    "made from what is unavailable": (
        "A07",
        "finding changes",
        lambda line: with_feature(line, finding=lambda r: (r["biopsy"] > 1).astype(float)),
    ),
    "scaled by all records": ("A08", "TSH of", lambda line: with_features(line, overall_mean)),
    "ranked among all records": (
        "A08",
        "place of",
        lambda line: with_feature(line, place=lambda r: r["TSH"].rank(pct=True)),
    ),
    "the outcomes of one's age": ("A09", "shuffled", lambda line: with_feature(line, rate=rate_by_age)),
    "positives at the end": ("A10", "row order", positives_last),
    "positives numbered apart": ("A10", "record id", positives_numbered_apart),
    "worse on test": ("A11", "of no feature alone", fails_on_test),
    "another machine on test": ("A11", "to the outcome: scanner (ROC AUC 1.00, then 0.5", batch_artefact),
    "a row of the future": ("A16", "hdl changes", lambda line: replace(line, future=lambda: (["hdl"], 9))),
}
