"""Rows for programs."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assay.overview.columns import require
from assay.overview.data import all_columns, as_csv, as_json
from assay.overview.rows import EXPERIMENT, Figures, Row

ROW = Row(
    "a,b",
    EXPERIMENT,
    "done",
    "sha",
    "base",
    datetime(2026, 1, 2, tzinfo=UTC),
    changes={"model.C": (None, 1e-7)},
    changed=("model.C=1e-7",),
    params={"model.C": 1e-7, "split.seed": 1},
    figures=Figures({"recall": 0.5, "records": 10}, {"recall": (0.25, 0.75)}),
    test=Figures({"recall": float("nan")}),
)


def test_csv_has_a_line_for_each_row_and_three_columns_for_a_metric() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv([ROW], all_columns([ROW]))))
    assert (row["name"], row["time"], row["changed"]) == ("a,b", "2026-01-02T00:00:00+00:00", "model.C=1e-7")
    assert (row["recall"], row["recall_low"], row["recall_high"], row["records"]) == ("0.5", "0.25", "0.75", "10")
    assert (row["test.recall"], row["test.recall_low"]) == ("", "")
    assert row["model.C"] == "1e-07"
    assert "split.seed" not in row, "only parameters that differ"


def test_a_parameter_that_the_rows_no_longer_have_is_a_column_without_a_value() -> None:
    row = replace(ROW, changes={"model.num_leaves": (31, None)})
    columns = all_columns([row])
    require(columns, [row])
    (line,) = csv.DictReader(io.StringIO(as_csv([row], columns)))
    assert line["model.num_leaves"] == ""


def test_json_has_all_with_the_test_fold_apart() -> None:
    (row,) = json.loads(json.dumps(as_json([ROW]), allow_nan=False))
    assert row["out_of_fold"] == {"values": {"recall": 0.5, "records": 10}, "intervals": {"recall": [0.25, 0.75]}}
    assert row["test"] == {"values": {"recall": None}, "intervals": {}}
    assert row["changes"] == {"model.C": [None, 1e-7]}
    assert row["params"]["split.seed"] == 1


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+cmd", "-1+cmd", "@SUM(1)"])
def test_a_text_is_no_formula_in_csv(text: str) -> None:
    row = replace(ROW, name=text, figures=Figures({"calibration_intercept": -0.5}))
    (line,) = csv.DictReader(io.StringIO(as_csv([row], ["name", "calibration_intercept"])))
    assert (line["name"], line["calibration_intercept"]) == (f"'{text}", "-0.5")
