"""Every check fires on the leak that is planted for it, and is silent on the line without it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assay.audit import models
from assay.audit.base import ERROR, WARNING
from assay.audit.checks import CHECKS, audit, judged
from assay.audit.evidence import Evidence
from assay.audit.models import TellingOrder
from assay.records.folds import FOLDS, TEST, TRAIN
from audit_leaks import PLANTS, Plant, positives_last
from audit_samples import clean, with_feature

BY_CODE = {check.code: check for check in CHECKS}


@pytest.fixture(scope="module")
def clean_line() -> Evidence:
    return clean()


def verdicts(evidence: Evidence) -> dict[str, str]:
    return {one.code: one.verdict for one in audit(evidence, [])}


def test_every_check_has_a_plant() -> None:
    assert {code for code, _, _ in PLANTS.values()} == {check.code for check in CHECKS}


def test_of_very_many_records_some_tell_the_order_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MOST_RECORDS", 100)
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
