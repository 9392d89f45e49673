"""What is read otherwise than it stands there is in the log, with its counts."""

import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset, Written
from assay.preparation.prepare import prepare
from assay.preparation.reconcile import clean
from assay.records.changes import Change


@pytest.mark.parametrize(
    ("column", "texts", "entries"),
    [
        (Column("number"), ["1", "2.5", "3"], []),
        (
            Column("number", nullable=True, missing=["", "-999"]),
            ["1", "-999", ""],
            [("empty_is_missing", 2, "an empty text is no value, nor is -999")],
        ),
        (
            Column("number", written=Written(decimal=",")),
            ["1", "2,5", "30"],  # as anybody writes it but the second
            [("written_otherwise", 1, "numbers are written with ',' for decimals")],
        ),
        (
            Column("number", written=Written(decimal=",", thousands=".")),
            ["1.234", "2,5", "30"],  # the first would else be 1.234
            [("written_otherwise", 2, "numbers are written with ',' for decimals, '.' for thousands")],
        ),
        (
            Column("number", nullable=True, written=Written(after="mg", limits=True)),
            ["<0.6", "5 mg", ""],
            [
                ("empty_is_missing", 1, "an empty text is no value"),
                ("written_otherwise", 1, "numbers are written with 'mg' beside them"),
                ("limit_of_detection", 1, "a limit of detection is read as its bound"),
            ],
        ),
    ],
)
def test_each_habit_is_in_the_log_with_its_count(
    column: Column, texts: list[str], entries: list[tuple[str, int, str]]
) -> None:
    dataset = Dataset(columns={"x": column, "sick": Column("flag", "target")}, target="sick")
    raw = pd.DataFrame({"x": texts, "sick": ["yes", "no", "no"]})
    expected = [Change(rule, ("x",), "convert", count, why) for rule, count, why in entries]
    assert clean(raw, dataset, "here").changes[: len(expected)] == expected
    assert len([one for one in prepare(raw[:1], dataset, "here").changes if one.action == "convert"]) == len(expected)


def test_numbers_of_a_parquet_file_are_not_written_at_all() -> None:
    columns = {"x": Column("number", written=Written(decimal=",")), "sick": Column("flag", "target")}
    raw = pd.DataFrame({"x": [1.5, 2.0], "sick": ["yes", "no"]})
    assert clean(raw, Dataset(columns=columns, target="sick"), "here").changes[0].count == 0
