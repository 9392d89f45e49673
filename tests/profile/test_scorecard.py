"""The six dimensions count what they say, before cleaning and after."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

from assay.contract.values import Reader
from assay.preparation.reconcile import clean
from assay.profile.scorecard import DIMENSIONS, Share, scorecard, scorecards
from samples import LABS, ROOT, THYROID, raw_record, raw_table

IDS = ("840801013", "850801014", "860801015")
UNREAD = ("1.5", "high", str(2**53 + 1))
NO_LABS = dict.fromkeys(LABS, "")


def cards(*records: dict[str, str], batch: int = 100):
    raw = raw_table(*records)
    cleaned = clean(raw, THYROID, "").records
    with TemporaryDirectory() as folder:
        return scorecards(divided(raw, batch), lambda: divided(cleaned, batch), THYROID, Path(folder))


def divided(table: pd.DataFrame, batch: int) -> list[pd.DataFrame]:
    return [table.iloc[start : start + batch] for start in range(0, len(table), batch)]


@pytest.mark.parametrize("batch", [1, 2, 5, 50, 100])
def test_the_same_counts_however_the_records_come(batch: int) -> None:
    """Out of order, with repeats, values that cannot be read, and rows that are quarantined."""
    rng = np.random.default_rng(0)
    ages = rng.choice(["40", "51", "455", ""], 80)
    records = [
        raw_record(
            f"86{1 + number % 9:02}{1 + number // 9:02}001", TSH=str(number % 7), age=age, pregnant="ft"[number % 2]
        )
        for number, age in enumerate(ages)
    ]
    shuffled = [records[place] for place in rng.permutation(len(records))]
    expected = cards(*records)
    assert expected[0][""]["uniqueness"].good < 80
    assert expected[1][""]["uniqueness"].total < 80
    assert cards(*shuffled, batch=batch) == expected


@pytest.mark.parametrize(
    ("dimension", "values", "before", "after"),
    [
        ("accuracy", {"TSH": "530"}, (9, 10), (9, 10)),
        ("completeness", {"T3": ""}, (35, 38), (35, 38)),
        ("consistency", {"pregnant": "t", "age": "51"}, (23, 24), (23, 24)),
        ("validity", {"age": "455"}, (59, 60), (59, 59)),
        ("validity", {"TSH": "-1"}, (59, 60), (30, 30)),
        ("uniqueness", {"TSH": "1.5"}, (1, 2), (1, 1)),
        ("timeliness", {}, (2, 2), (2, 2)),
    ],
)
def test_a_planted_fault_lowers_its_dimension(dimension: str, values: dict, before: tuple, after: tuple) -> None:
    found = cards(raw_record(IDS[0]), raw_record(IDS[1], **{"TSH": "2.5", **values}))
    assert (found[0][""][dimension], found[1][""][dimension]) == (Share(*before), Share(*after))


def test_every_dimension_is_defined_and_a_share() -> None:
    for card in cards(raw_record(IDS[0]), raw_record(IDS[1], **NO_LABS)):
        assert list(card[""]) == list(DIMENSIONS)
        assert all(0 <= share.value <= 1 for one in card.values() for share in one.values())


def test_a_column_has_a_card_of_its_own() -> None:
    before, after = cards(raw_record(IDS[0]), raw_record(IDS[1], age="455"))
    assert before["age"]["validity"] == Share(1, 2)
    assert (after["age"]["validity"], after["age"]["completeness"]) == (Share(1, 1), Share(1, 2))


def test_what_cannot_be_read_is_not_valid() -> None:
    values = Reader(THYROID)(raw_table(*(raw_record(one, TSH=tsh) for one, tsh in zip(IDS, UNREAD, strict=True))))
    assert scorecard(values.records, values.cells, THYROID)["TSH"]["validity"] == Share(1, 3)


def lost(share: dict[str, int]) -> int:
    return share["total"] - share["good"]


def test_the_counts_of_the_real_records_are_those_that_are_known() -> None:
    columns = {one["column"]: one for one in json.loads((ROOT / "reports/profile.json").read_text())}
    missing = {name: lost(columns[name]["quality"]["completeness"]["before"]) for name in ("sex", *LABS)}
    assert missing == {"sex": 307, "TSH": 842, "T3": 2604, "TT4": 442, "T4U": 809, "FTI": 802, "TBG": 8823}
    whole = json.loads((ROOT / "reports/quality.json").read_text())
    broken = {name: lost(whole[name]["before"]) for name in ("uniqueness", "consistency", "validity")}
    # 10 repeats; FTI off 30 and 6, pregnant 4 and 4, both queries 54, no result 10; ages 455, 65511, 65512, 65526.
    assert broken == {"uniqueness": 10, "consistency": 108, "validity": 4}


def test_the_change_of_the_assay_is_named_on_its_day() -> None:
    columns = {one["column"]: one for one in json.loads((ROOT / "reports/profile.json").read_text())}
    change = columns["TSH"]["greatest_change"]
    assert change["notable"]
    assert (change["day"], change["low_before"], change["low_after"]) == ("1985-05-23", 0.05, 0.005)
