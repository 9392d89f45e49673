"""What differs between two revisions besides the model."""

import numpy as np
import pandas as pd

from assay.compare.changes import label_changes, record_changes


def records(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(list("abcd")[: len(next(iter(columns.values())))], name="record_id"))


def test_equal_tables_have_no_changes_missing_values_included() -> None:
    table = records(TSH=[1.0, np.nan, 3.0], sex=pd.Categorical(["F", None, "M"]))
    assert record_changes(table, table.copy()) == ({"added": 0, "removed": 0, "changed": 0}, {})


def test_records_added_removed_and_changed_by_column() -> None:
    base = records(TSH=[1.0, 2.0, np.nan, 4.0], age=[10, 20, 30, 40]).drop("d")
    head = records(TSH=[1.0, 2.5, 3.0, 4.0], age=[10, 21, 30, 40]).drop("a")
    assert record_changes(base, head) == ({"added": 1, "removed": 1, "changed": 2}, {"TSH": 2, "age": 1})


def test_a_column_of_one_side_only_changes_every_record() -> None:
    counts, columns = record_changes(records(TSH=[1.0, 2.0]), records(TSH=[1.0, 2.0], T3=[1.0, np.nan]))
    assert counts["changed"] == 2
    assert columns == {"T3": 2}


def labels(label: list[bool], excluded: list[str]) -> pd.DataFrame:
    return records(label=label, excluded=excluded)


def test_labels_that_flip_are_counted_by_class() -> None:
    base = labels([True, False, False, False], ["", "", "", "ungradable"])
    head = labels([False, True, True, False], ["", "", "", ""])
    assert label_changes(base, head) == {
        ("positive", "negative"): 1,
        ("negative", "positive"): 2,
        ("ungradable", "negative"): 1,
    }
