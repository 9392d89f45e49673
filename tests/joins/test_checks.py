"""Joins that would give other columns than were meant are refused."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from assay.config.dataset import Dataset, Made
from assay.errors import AssayError
from assay.joins import join as join_module
from labs import LABS, RECORDS, TEXT, contract, counts, joined, joiner


def test_one_of_two_spellings_that_no_record_has_is_named() -> None:
    labs, records = LABS[:2].assign(id=["7", "07"]), RECORDS[:2].assign(id=["7", "007"])
    with pytest.raises(AssayError, match=r"1 keys .* another way .*: '07' for '007'"):
        joined(labs, contract(Made("labs", "count")), records)


def test_keys_are_spelled_plainly_once_and_only_if_a_record_has_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    spelled: list[str] = []

    def noted(key: str) -> str:
        spelled.append(key)
        return key.lstrip("0")

    monkeypatch.setattr(join_module, "plain", noted)
    with joiner(LABS, contract(Made("labs", "count"))) as join:
        expected = join(RECORDS)
        assert not spelled

        def refused(id: str) -> bool:
            try:
                join(RECORDS[:1].assign(id=id))
            except AssayError as error:
                return f"'{id.lstrip('0')}' for '{id}'" in error.what
            return False

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(refused, ["01", "4", "02", "1", "009"] * 4)) == [True, False, True, False, True] * 4
        assert sorted(key for key in spelled if key in set(LABS["id"])) == ["1", "2", "3", "9"]
        pd.testing.assert_frame_equal(join(RECORDS), expected)


def test_of_many_spellings_the_first_are_named() -> None:
    labs = pd.DataFrame({"id": [f"{number:03}" for number in range(10, 30)], "day": "2020-01-01"})
    records = pd.DataFrame({"id": [str(number) for number in range(10, 30)], "visit": "2020-01-10"})
    with pytest.raises(AssayError, match=r"20 keys .*: '010' for '10', .*'014' for '14' and 15 more"):
        joined(labs, contract(Made("labs", "count")), records)


def test_two_keys_of_records_that_differ_in_zeros_are_two() -> None:
    found = joined(LABS, contract(Made("labs", "count")), RECORDS.assign(id=["1", "01", "2"]))
    assert found["made"].tolist() == [3, 0, 0]


@pytest.mark.parametrize(
    ("labs", "made", "said"),
    [
        (LABS.assign(id="x"), Made("labs", "count"), "none of 8 rows belongs to a record"),
        (LABS[:0], Made("labs", "count"), "the table has no rows"),
        (LABS.assign(day="2030-01-01"), Made("labs", "count"), "none of 7 rows was known at the time of its record"),
        (LABS.assign(day=""), Made("labs", "count"), r"none of 7 rows .* \(8 rows have no time\)"),
        (LABS, Made("labs", "count", where={"test": ["HDL"]}), "no row of labs has 'HDL' in column test"),
    ],
    ids=["keys", "empty", "later", "no time", "where"],
)
def test_a_table_that_gives_nothing_to_any_record_is_refused(labs: pd.DataFrame, made: Made, said: str) -> None:
    with pytest.raises(AssayError, match=said) as caught:
        counts(labs, contract(made))
    assert caught.value.where
    assert caught.value.todo


def require_useful(labs: pd.DataFrame, dataset: Dataset) -> None:
    with joiner(labs, dataset) as join, join.pending([RECORDS]) as pending:
        pending.make()
        pending.require_useful()


@pytest.mark.parametrize("made", [Made("labs", "count", gap=900), Made("labs", "last", "value", within=0, gap=0)])
def test_a_column_for_which_no_row_counts_is_refused(made: Made) -> None:
    dataset, labs = contract(made), LABS.assign(day="2020-01-02")
    with pytest.raises(AssayError, match="no row of labs counts for any record"):
        require_useful(labs, dataset)
    require_useful(labs, contract(Made("labs", "count")))
    require_useful(labs, contract(Made("labs", "last", "test"), TEXT))
