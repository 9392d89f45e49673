"""What becomes of two results of one person on one day."""

import pandas as pd

from assay.datasets.covid import repair, summarise


def test_a_negative_result_beside_a_positive_one_of_the_same_day_is_dropped_and_logged() -> None:
    rows = [
        ("1", "a", 1.0, "negative"),
        ("2", "a", 1.0, "positive"),
        ("3", "a", 2.0, "negative"),
        ("4", "b", 1.0, "negative"),
        ("5", "b", 1.0, "invalid"),
        ("6", "c", 1.0, "positive"),
        ("7", "c", 1.0, "positive"),
    ]
    records = pd.DataFrame(rows, columns=["record_id", "subject_id", "pan_day", "code"])
    kept, changes = repair(records, summarise(records))
    assert kept["record_id"].tolist() == ["2", "3", "4", "5", "6", "7"]
    assert [(change.rule, change.count, change.records) for change in changes] == [("discordant_same_day", 1, ("1",))]
