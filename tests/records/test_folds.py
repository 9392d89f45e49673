"""Folds by time and by chance."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.config.schema import Split
from assay.errors import AssayError
from assay.records.folds import _dealt, split

SPLIT = Split("temporal", "time", "1986-01-01", "1986-07-01")


def records(*rows: tuple[str, bool, str]) -> pd.DataFrame:
    dates, label, excluded = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "record_id": [str(number) for number in range(len(rows))],
            "date": pd.to_datetime(list(dates)),
            "label": list(label),
            "excluded": list(excluded),
        }
    )


BOTH_CLASSES = [(day, label, "") for day in ("1985-01-01", "1986-01-01", "1986-07-01") for label in (True, False)]


def test_the_first_day_of_a_fold_is_in_it() -> None:
    days = [("1985-12-31", True, ""), ("1986-06-30", True, ""), ("1987-01-19", True, "")]
    folds = split(records(*BOTH_CLASSES, *days), SPLIT).folds
    assert folds["train"]["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["1985-01-01", "1985-12-31"]
    assert folds["validation"]["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["1986-01-01", "1986-06-30"]
    assert folds["test"]["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["1986-07-01", "1987-01-19"]


@pytest.mark.parametrize(
    ("newest", "first"),
    [
        ("1987-01-19", ("1986-01-01", "1986-07-01")),
        ("1987-02-18", ("1986-01-31", "1986-07-31")),
        ("1986-12-20", ("1985-12-02", "1986-06-01")),
    ],
)
def test_folds_keep_their_lengths_and_end_with_the_newest_record(newest: str, first: tuple[str, str]) -> None:
    moving = Split("temporal", "time", "1986-01-01", "1986-07-01", data_until="1987-01-19")
    before = [str((pd.Timestamp(day) - pd.Timedelta(days=1)).date()) for day in first]
    days = ["1985-01-01", *before, *first, newest]
    folds = split(records(*[(day, label, "") for day in days for label in (True, False)]), moving).folds
    starts = {name: str(fold["date"].min().date()) for name, fold in folds.items()}
    assert (starts["validation"], starts["test"]) == first
    assert folds["test"]["date"].max() == pd.Timestamp(newest)


@pytest.mark.parametrize(
    ("excluded", "kept_in_test"), [("ungradable", 1), ("treated: on_thyroxine", 0), ("no laboratory result", 0)]
)
def test_only_ungradable_records_of_the_test_period_stay_and_are_marked(excluded: str, kept_in_test: int) -> None:
    extra = [(day, False, excluded) for day in ("1985-02-01", "1986-02-01", "1986-08-01")]
    folds = split(records(*BOTH_CLASSES, *extra), SPLIT).folds
    marked = {name: int((fold["excluded"] == excluded).sum()) for name, fold in folds.items()}
    assert marked == {"train": 0, "validation": 0, "test": kept_in_test}


@pytest.mark.parametrize("missing", ["train", "validation", "test"])
def test_a_fold_without_a_positive_is_refused_and_named(missing: str) -> None:
    day = {"train": "1985-01-01", "validation": "1986-01-01", "test": "1986-07-01"}[missing]
    rows = [(date, label and date != day, excluded) for date, label, excluded in BOTH_CLASSES]
    with pytest.raises(AssayError, match=f"the {missing} fold has 2 records, 0 of them positive"):
        split(records(*rows), SPLIT)


@pytest.mark.parametrize(
    ("day", "said"), [("2023-05-06", "the records are of 2023-05-06 to 2023-05-06"), (None, "no record has a date")]
)
def test_days_of_another_table_are_shown_beside_its_own(day: str | None, said: str) -> None:
    table = records(*BOTH_CLASSES).assign(date=pd.to_datetime(pd.Series([day] * len(BOTH_CLASSES))))
    with pytest.raises(AssayError, match=f"validation begins on 1986-01-01, test on 1986-07-01, and {said}"):
        split(table, SPLIT)


days = st.dates(pd.Timestamp("1984-08-01").date(), pd.Timestamp("1987-01-19").date()).map(str)


@given(st.lists(st.tuples(days, st.booleans(), st.sampled_from(["", "", "ungradable", "treated: x"]))))
def test_folds_never_overlap_and_lose_no_usable_record(rows: list[tuple[str, bool, str]]) -> None:
    table = records(*BOTH_CLASSES, *rows)
    folds = split(table, SPLIT).folds
    ids = [record for fold in folds.values() for record in fold["record_id"]]
    assert len(ids) == len(set(ids))
    assert set(table.loc[table["excluded"] == "", "record_id"]) <= set(ids)
    assert folds["train"]["date"].max() < folds["validation"]["date"].min()
    assert folds["validation"]["date"].max() < folds["test"]["date"].min()


def chance(by: str, seed: int = 0) -> Split:
    return Split(by, by, validation_share=0.15, test_share=0.25, seed=seed)


def people(n: int = 400) -> pd.DataFrame:
    """n records of n / 4 people, a tenth of them positive now and then; every fortieth record ungradable."""
    table = records(*((f"1985-01-{1 + i % 28:02}", i % 40 == 0, "ungradable" if i % 40 == 7 else "") for i in range(n)))
    return table.assign(group=[f"p{i // 4}" for i in range(n)])


@pytest.mark.parametrize(("by", "unit"), [("random", "record_id"), ("group", "group")])
@pytest.mark.parametrize("seed", [0, 1])
def test_by_chance_no_unit_is_divided_and_both_classes_are_spread_alike(by: str, unit: str, seed: int) -> None:
    table = people()
    folds = split(table, chance(by, seed)).folds
    units = [set(fold[unit]) for fold in folds.values()]
    assert not (units[0] & units[1] or units[0] & units[2] or units[1] & units[2])
    assert {name: int(fold["label"].sum()) for name, fold in folds.items()} == {"train": 6, "validation": 2, "test": 2}
    assert set(folds["test"]["excluded"]) <= {"", "ungradable"}
    assert set(folds["train"]["excluded"]) == {""}


def test_chance_does_not_depend_on_the_order_of_the_records_but_on_the_seed() -> None:
    table = people()
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        split(table, chance("random")).folds["test"], split(shuffled, chance("random")).folds["test"]
    )
    first, second = (set(split(table, chance("random", seed)).folds["test"]["record_id"]) for seed in (0, 1))
    assert first != second


def test_a_split_by_time_needs_dates() -> None:
    with pytest.raises(AssayError, match="split=random"):
        split(people().drop(columns="date"), SPLIT)


def visits(*rows: tuple[str, str | None]) -> pd.DataFrame:
    """Records of a person each, both classes on each day by people who come once."""
    others = [(day, label, "") for day in ("1985-01-01", "1986-01-01", "1986-07-01") for label in (True, False)]
    table = records(*others, *((day, False, "") for day, _ in rows))
    return table.assign(group=[*(f"once {i}" for i in range(len(others))), *(who for _, who in rows)])


@pytest.mark.parametrize(
    ("days", "left", "purged"),
    [
        (["1985-02-01", "1985-03-01"], {"train": 2}, {"train": 0, "validation": 0}),
        (["1985-02-01", "1986-08-01"], {"test": 1}, {"train": 1, "validation": 0}),
        (["1985-02-01", "1986-02-01"], {"validation": 1}, {"train": 1, "validation": 0}),
        (
            ["1985-02-01", "1985-03-01", "1986-02-01", "1986-08-01", "1986-09-01"],
            {"test": 2},
            {"train": 2, "validation": 1},
        ),
    ],
)
def test_by_time_a_person_stays_in_the_last_fold(days: list[str], left: dict[str, int], purged: dict[str, int]) -> None:
    division = split(visits(*((day, "Ann") for day in days)), SPLIT)
    there = {name: int((fold["group"] == "Ann").sum()) for name, fold in division.folds.items()}
    assert {name: count for name, count in there.items() if count} == left
    assert (division.purged, division.groups) == (purged, int(any(purged.values())))
    assert division.sizes().stated()["purged"] == {"groups": division.groups, "records": purged}


def test_who_is_excluded_later_purges_nothing() -> None:
    table = visits(("1985-02-01", "Ann"), ("1986-08-01", "Ann"))
    table.loc[table.index[-1], "excluded"] = "treated: x"
    assert split(table, SPLIT).purged == {"train": 0, "validation": 0}


def test_records_without_a_group_are_of_different_people() -> None:
    table = visits(("1985-02-01", None), ("1986-08-01", None), ("1986-09-01", None))
    division = split(table, SPLIT)
    assert (division.groups, sum(len(fold) for fold in division.folds.values())) == (0, len(table))
    by_group = people().assign(group=lambda one: one["group"].where(one.index % 5 > 0))
    folds = split(by_group, chance("group")).folds
    graded = int((by_group["excluded"] == "").sum())
    assert sum(int((fold["excluded"] == "").sum()) for fold in folds.values()) == graded
    assert not any(fold["group"].isna().any() for fold in folds.values())


def test_a_purge_that_takes_all_positives_is_told() -> None:
    table = visits(("1986-08-01", "once 0"))
    said = r"train fold has 1 records, 0 of them positive.*; 1 records were left out, of 1 groups"
    with pytest.raises(AssayError, match=said):
        split(table, SPLIT)


@pytest.mark.parametrize("by", ["random", "group"])
@pytest.mark.parametrize("positives", [3, 4, 5, 6, 7, 10])
def test_each_fold_has_a_positive_if_there_are_three(positives: int, by: str) -> None:
    table = people(200).assign(excluded="", label=False, group=lambda one: one["record_id"])
    table.loc[table.index[:positives], "label"] = True
    for seed in range(5):
        assert all(fold["label"].any() for fold in split(table, chance(by, seed)).folds.values())


@pytest.mark.parametrize(("positives", "by", "units"), [(2, "random", "200 records"), (8, "group", "50 groups")])
def test_a_fold_without_positives_is_refused_with_seed_and_shares(positives: int, by: str, units: str) -> None:
    table = people(200).assign(excluded="", label=False)
    table.loc[table.index[:positives], "label"] = True
    with pytest.raises(AssayError) as refused:
        split(table, chance(by, seed=7))
    for said in ("seed=7", "validation_share=0.15", "test_share=0.25", f"of {units}, 2 with a positive"):
        assert said in str(refused.value)


def old_shares(places: pd.Series, test: float, later: float) -> pd.Series:
    """As folds were dealt before small strata were looked after."""
    share = places.rank(pct=True)
    return pd.cut(share, [0, test, test + later, 1], labels=["test", "validation", "train"]).astype("str")


@pytest.mark.parametrize("n", [20, 21, 57, 100, 101, 865, 1744, 12_344])
def test_where_there_are_enough_the_folds_are_those_of_the_shares(n: int) -> None:
    places = pd.Series(range(n))
    assert _dealt(places, chance("random")).tolist() == old_shares(places, 0.25, 0.15).tolist()
