"""Rows of scores as lines, read again by other readers."""

import csv
import io
import json
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from assay.scoring.lines import csv_header, csv_lines, json_lines
from assay.scoring.rows import COLUMNS

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
SCORE = st.none() | st.integers(0, 10**6).map(lambda millionths: millionths / 1e6)
ROW = st.tuples(TEXT, SCORE, st.none() | st.booleans(), TEXT, TEXT, TEXT, st.just('m"x/1'), st.just("d,\n2"))
ROWS = st.lists(ROW, min_size=1, max_size=6)


def batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    return pa.record_batch(
        [pa.array(one, kind) for one, kind in zip(columns, COLUMNS.types, strict=True)], schema=COLUMNS
    )


@given(ROWS)
def test_a_csv_has_all_decimals_and_nothing_where_nothing_is(rows: list[tuple[Any, ...]]) -> None:
    content = (csv_header() + csv_lines(batch(rows))).decode()
    found = list(csv.reader(io.StringIO(content, newline="")))
    words = {None: "", True: "true", False: "false"}
    expected = [
        [key, "" if score is None else f"{score:.6f}", words[alert], *texts] for key, score, alert, *texts in rows
    ]
    assert found == [COLUMNS.names, *expected]


@given(ROWS)
def test_json_lines_have_the_values(rows: list[tuple[Any, ...]]) -> None:
    lines = json_lines(batch(rows)).decode().split("\n")
    assert lines.pop() == ""
    assert [tuple(json.loads(line).values()) for line in lines] == rows
    assert [*json.loads(lines[0])] == COLUMNS.names


def test_part_of_a_batch_is_written_as_that_part() -> None:
    rows = [(f"r{number}", 0.5, True, "", "", "", "m", "d") for number in range(9)]
    assert csv_lines(batch(rows).slice(3, 2)) == csv_lines(batch(rows[3:5]))
