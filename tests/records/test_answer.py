"""Answers to queries about all rows of a table."""

from pathlib import Path

import numpy as np
import pandas as pd

from assay.records.answer import asked


def test_an_answer_comes_in_the_order_of_the_rows(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": np.random.default_rng(0).permutation(200), "whole": np.arange(200) % 20})
    rows = (
        {"id": table["id"][start : start + 30], "whole": table["whole"][start : start + 30]}
        for start in range(0, 200, 30)
    )
    query = 'SELECT id, count(*) OVER (PARTITION BY whole) AS alike FROM rows ORDER BY "row"'
    with asked(rows, query, "SELECT count(*), max(whole) FROM rows", tmp_path / "rows", "100MiB", "a test") as (
        answer,
        counts,
    ):
        assert counts == (200, 19)
        found = [answer.take(rows) for rows in (70, 70, 60)]
    assert np.concatenate([one["id"] for one in found]).tolist() == table["id"].tolist()
    assert np.concatenate([one["alike"] for one in found]).tolist() == [10] * 200
