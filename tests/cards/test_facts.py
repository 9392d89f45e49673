"""Folds and codes in figures."""

from dataclasses import replace

import pandas as pd
import pytest

from assay.cards.facts import DIVIDED_GROUP, NO_GROUP, CodeRow, Facts, changes, code_rows, fold_rows, limits, span
from assay.config.load import load
from assay.config.words import complete
from samples import ROOT

CONFIG = load(ROOT / "params.yaml")
WORDS = complete(CONFIG.dataset.words)


def fold(*excluded: str) -> pd.DataFrame:
    dates = pd.date_range("1986-07-01", periods=len(excluded)).astype("datetime64[s]")
    return pd.DataFrame({"date": dates, "label": [True] + [False] * (len(excluded) - 1), "excluded": excluded})


def test_a_fold_in_figures_leaves_the_ungradable_apart() -> None:
    (row,) = fold_rows({"test": fold("", "", "ungradable", "", "")})
    assert (row.name, row.days) == ("test", "1986-07-01 to 1986-07-05")
    assert (row.records, row.positives, row.prevalence, row.ungradable) == (4, 1, 0.25, 1)


def test_records_without_a_date_have_no_span() -> None:
    undated = fold("", "").drop(columns="date")
    assert span(undated) is None
    assert fold_rows({"test": undated})[0].days == "–"


def test_letters_are_counted_by_the_code_that_decides() -> None:
    labels = pd.DataFrame(
        {"code_resolved": ["A", "AK", "R", "-", "F"], "excluded": ["", "", "ungradable", "", "treated"]}
    )
    rows = {row.code: row for row in code_rows(labels.astype("str"), CONFIG, WORDS)}
    assert rows["A"] == CodeRow("A", "hyperthyroid", "disease", 2, 2)
    assert rows["K"] == CodeRow("K", "concurrent non-thyroidal illness", "no disease", 1, 1)
    assert rows["R"] == CodeRow("R", "discordant assay results", "ungradable", 1, 0)
    assert rows["F"] == CodeRow("F", "primary hypothyroid", "disease", 1, 0)
    assert rows["-"].records == 1


def test_a_letter_of_the_policy_that_nobody_explains_is_shown_all_the_same() -> None:
    config = replace(CONFIG, dataset=replace(CONFIG.dataset, codes={}))
    labels = pd.DataFrame({"code_resolved": ["A"], "excluded": [""]}, dtype="str")
    assert code_rows(labels, config, WORDS)[0] == CodeRow("A", "", "disease", 1, 1)


def test_codes_read_whole_are_those_of_the_policy_and_of_the_records() -> None:
    policy = replace(CONFIG.labels, codes="whole", positive=["positive"], ungradable=["invalid"])
    config = replace(CONFIG, labels=policy, dataset=replace(CONFIG.dataset, codes={}))
    labels = pd.DataFrame({"code_resolved": ["negative", "positive", "not positive"], "excluded": ""}, dtype="str")
    rows = {row.code: (row.counts_as, row.records) for row in code_rows(labels, config, WORDS)}
    assert rows == {
        "positive": ("disease", 1),
        "invalid": ("ungradable", 0),
        "negative": ("no disease", 1),
        "not positive": ("no disease", 1),
    }


@pytest.mark.parametrize(
    ("group", "by", "last"),
    [(None, "time", NO_GROUP), ("who", "random", DIVIDED_GROUP), ("who", "group", None), ("who", "time", None)],
)
def test_what_is_known_of_persons_follows_from_contract_and_split(group: str, by: str, last: str) -> None:
    dataset = replace(CONFIG.dataset, group=group, limits=["A limit."])
    config = replace(CONFIG, dataset=dataset, split=replace(CONFIG.split, by=by))
    found = limits(Facts(config, *[pd.DataFrame()] * 2, {}, {}, {}, {"profile": []}, {}, {}, ""))
    assert found == ["A limit.", *([last] if last else [])]


def test_a_notable_change_with_time_is_said() -> None:
    change = {"day": "1985-05-23", "low_before": 0.05, "low_after": 0.005, "notable": True}
    columns = [
        {"column": "TSH", "unit": "mU/L", "greatest_change": change},
        {"column": "T3", "unit": "nmol/L", "greatest_change": {**change, "notable": False}},
        {"column": "sex", "unit": "", "greatest_change": None},
    ]
    (said,) = changes(columns)
    assert said.startswith(
        "TSH is distributed differently from 1985-05-23 on. Its lowest value is 0.005 mU/L from that"
    )
    assert "0.05 mU/L before it" in said
