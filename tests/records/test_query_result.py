"""Answers to queries about all rows of a table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assay.records.query_result import Answer, answered


def test_an_answer_comes_in_the_order_of_the_rows(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": np.random.default_rng(0).permutation(200), "whole": np.arange(200) % 20})
    rows = (
        {"id": table["id"][start : start + 30], "whole": table["whole"][start : start + 30]}
        for start in range(0, 200, 30)
    )
    query = 'SELECT id, count(*) OVER (PARTITION BY whole) AS alike FROM rows ORDER BY "row"'
    with answered(rows, query, "SELECT count(*), max(whole) FROM rows", tmp_path / "rows", "100MiB", "a test") as (
        answer,
        counts,
    ):
        assert counts == (200, 19)
        found = [answer.take(rows) for rows in (70, 70, 60)]
    assert np.concatenate([one["id"] for one in found]).tolist() == table["id"].tolist()
    assert np.concatenate([one["alike"] for one in found]).tolist() == [10] * 200


def test_the_rows_before_a_row_come_as_they_were_kept(tmp_path: Path) -> None:
    table = pa.table({"row": [1, 4, 5, 9], "first": ["a", "b", "b", "c"]})
    Answer(table.to_reader(2)).keep(tmp_path / "kept")
    found = Answer.of_files(tmp_path / "kept")
    taken = [found.before(row)["first"].tolist() for row in (1, 5, 6, 6, 20, 30)]
    assert taken == [[], ["a", "b"], ["b"], [], ["c"], []]


def test_an_answer_that_is_too_short_says_so() -> None:
    with pytest.raises(ValueError, match="3 rows are asked of an answer that has 2 more"):
        Answer(pa.table({"row": [0, 1]}).to_reader()).take(3)
