"""Every check fires on the leak that is planted for it, and is silent on the line without it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assay.audit import models
from assay.audit.base import ERROR, WARNING
from assay.audit.checks import CHECKS, audit, judged
from assay.audit.evidence import Evidence
from assay.audit.models import TellingOrder
from assay.records.folds import FOLDS, TEST, TRAIN, VALIDATION
from audit_samples import clean, noise, positive, with_column, with_feature, with_features, with_fold
from audit_samples import features as plain

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


BY_CODE = {check.code: check for check in CHECKS}


@pytest.fixture(scope="module")
def clean_line() -> Evidence:
    return clean()


def verdicts(evidence: Evidence) -> dict[str, str]:
    return {one.code: one.verdict for one in audit(evidence, [])}


def test_every_check_has_a_plant() -> None:
    assert {code for code, _, _ in PLANTS.values()} == {check.code for check in CHECKS}


def test_of_very_many_records_some_tell_the_order_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MOST", 100)
    assert not TellingOrder().examine(clean()).findings
    assert TellingOrder().examine(positives_last(clean())).findings


def test_the_checks_are_numbered_in_order() -> None:
    assert [check.code for check in CHECKS] == [f"A{number:02}" for number in range(1, len(CHECKS) + 1)]
    assert {check.severity for check in CHECKS} == {ERROR, WARNING}


@pytest.mark.parametrize("seed", range(5))
def test_a_clean_line_passes_every_check(seed: int) -> None:
    assert set(verdicts(replace(clean(seed), future=lambda: ([], 9))).values()) == {"passed"}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_leak_is_found(clean_line: Evidence, name: str) -> None:
    code, said, plant = PLANTS[name]
    found = judged(BY_CODE[code], plant(clean_line), [])
    assert found.verdict == BY_CODE[code].severity
    assert said in "; ".join(finding.what for finding in found.findings)
    assert all(finding.where for finding in found.findings)


def test_the_evidence_is_left_as_it_was(clean_line: Evidence) -> None:
    before = clean()
    audit(clean_line, [])
    pd.testing.assert_frame_equal(clean_line.records, before.records)
    for name in FOLDS:
        pd.testing.assert_frame_equal(clean_line.folds[name], before.folds[name])
        pd.testing.assert_frame_equal(clean_line.features[name], before.features[name])


def test_the_verdicts_are_the_same_every_time(clean_line: Evidence) -> None:
    assert audit(clean_line, []) == audit(clean(), [])


def test_records_that_say_little_may_coincide(clean_line: Evidence) -> None:
    records = clean_line.records.copy()
    sparse = records.index[::40]
    records.loc[sparse, ["TSH", "FTI", "T3"]] = np.nan
    records.loc[sparse, ["age", "sex"]] = [40.0, "F"]
    assert verdicts(replace(clean_line, records=records))["A03"] == "passed"


def purged(evidence: Evidence) -> Evidence:
    """Most positives of train come again in test, so that the split leaves their earlier records out."""
    people = pd.Series(evidence.records.index, evidence.records.index)
    train, test = evidence.folds[TRAIN], evidence.folds[TEST]
    again = train.index[train["label"]][: int(0.8 * train["label"].sum())]
    people[again] = people[test.index[: len(again)]].to_numpy()
    folds = {name: table.assign(group=people[table.index]) for name, table in evidence.folds.items()}
    folds[TRAIN] = folds[TRAIN].drop(index=again)
    features = {name: table.loc[folds[name].index] for name, table in evidence.features.items()}
    return replace(evidence, folds=folds, features=features, groups=people)


def test_what_the_split_purged_is_no_resampling(clean_line: Evidence) -> None:
    left = purged(clean_line)
    found = {one.code: one.verdict for one in audit(left, [])}
    assert (found["A01"], found["A02"]) == ("passed", "passed")
    told = {one.code: one.verdict for one in audit(replace(left, groups=None), [])}
    assert told["A01"] == ERROR


def test_a_feature_called_like_the_outcome_may_be_a_column_of_its_own(clean_line: Evidence) -> None:
    named = with_feature(clean_line, label=lambda records: records["T3"])
    assert {one.code: one.verdict for one in audit(named, [])}["A07"] == ERROR
    own = replace(named, own=frozenset({"label"}))
    assert {one.code: one.verdict for one in audit(own, [])}["A07"] == "passed"


def test_a_random_sample_keeps_its_prevalence(clean_line: Evidence) -> None:
    drawn = {name: table.sample(frac=0.5, random_state=1) for name, table in clean_line.folds.items()}
    assert verdicts(replace(clean_line, folds=drawn, by_time=False))["A01"] == "passed"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("A03", lambda line: replace(line, records=line.records.drop(columns=["age", "TSH", "FTI", "T3"]))),
        ("A04", lambda line: replace(line, by_time=False)),
    ],
)
def test_a_check_that_cannot_tell_says_so(clean_line: Evidence, code: str, change: Plant) -> None:
    seen = BY_CODE[code].examine(change(clean_line))
    assert not seen.applies
    assert seen.findings == ()


def test_prevalence_that_differs_by_fold_is_no_fall(clean_line: Evidence) -> None:
    """Average precision is lower where positives are rarer, with the very same model."""
    test = clean_line.test
    rarer = pd.concat([test[~test["label"]]] * 8 + [test[test["label"]]])
    assert verdicts(replace(clean_line, test=rarer))["A11"] == "passed"
