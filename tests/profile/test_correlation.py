"""Rank correlations, a column at a time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.profile import correlation
from assay.profile.correlation import rank_correlations


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_they_are_those_of_pandas(rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlation, "ROWS", rows)
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(60, 4)).round(1), columns=[*"abcd"])
    table["up"], table["equal"], table["nothing"] = table["a"] ** 3, 5.0, np.nan
    table["gaps"] = table["b"].mask(rng.random(60) < 0.4)
    table["few"] = table["c"].where(table.index < 3)
    found = rank_correlations(table, [*table], tmp_path)
    pd.testing.assert_frame_equal(found, table.rank().corr(), atol=1e-12)
