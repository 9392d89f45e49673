"""The figures of `make bench-models`, without its peers."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.errors import AssayError
from assay.statistics.bootstrap import Resamples
from assay.statistics.resampled import Scored
from bench_models import Ran, alerts_at, line, python_of, require_the_same, row, threshold_of
from peers import OURS, with_texts

Y = np.array([1, 0, 1, 0, 0, 1, 0, 0, 0, 0])
SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.3, 0.1])
DRAWN = Resamples(len(Y), 200, seed=0)
RAN = Ran(pd.Series(SCORE), fit=1.0, process=2.0, peak_mib=100.0)


@pytest.mark.parametrize(
    ("alerts", "found"), [(1, 1), (3, 3), (6, 6), (7, 6), (8, 6), (9, 9), (10, 10), (99, 10)], ids=str
)
def test_no_more_alerts_than_asked_for(alerts: int, found: int) -> None:
    assert (threshold_of(SCORE, alerts) <= SCORE).sum() == found


def test_no_alerts_where_all_scores_tie() -> None:
    assert threshold_of(np.full(9, 0.5), 8) == float("inf")


@pytest.mark.parametrize(("recall", "alerts"), [(0.1, 1), (1 / 3, 1), (0.34, 3), (2 / 3, 3), (0.9, 6), (1.0, 6)])
def test_the_fewest_alerts_with_a_recall(recall: float, alerts: int) -> None:
    assert alerts_at(Y, SCORE, recall) == alerts


def test_a_tie_is_alerted_on_whole() -> None:
    assert alerts_at(Y, np.full(len(Y), 0.5), 0.1) == len(Y)


def test_a_row_compares_on_the_same_resamples_and_at_as_many_alerts() -> None:
    ours = Scored(Y, SCORE, threshold=0.65)
    same = row("same", Scored(Y, SCORE, 0.5), ours, 0.9, DRAWN, RAN)
    assert same.less_ours is not None
    assert np.nanmax(np.abs(same.less_ours.resampled)) == 0
    assert (same.alerts, same.recall.value, same.alerts_at_floor) == (3, pytest.approx(2 / 3), 6)
    worse = row("worse", Scored(Y, SCORE[::-1], 0.5), ours, 0.9, DRAWN, RAN)
    assert worse.less_ours is not None
    assert worse.less_ours.value < 0
    assert row(OURS, ours, ours, 0.9, DRAWN, RAN).less_ours is None


def test_a_line_has_a_cell_for_each_figure() -> None:
    ours = Scored(Y, SCORE, threshold=0.65)
    shown = line(row("peer", ours, ours, 0.9, DRAWN, RAN), confidence=0.95)
    assert shown.startswith("| peer | 0.7")
    assert shown.endswith("3 alerts | 6 | 1.0 s | 2.0 s | 100 MiB |")
    assert "| +0.000 [" in shown


def test_scores_that_the_line_did_not_write_are_no_figures_of_it() -> None:
    written = pd.DataFrame({"record_id": ["a", "b"], "score": [0.1, 0.2]})
    require_the_same(pd.Series([0.2, 0.1], index=["b", "a"]), written)
    with pytest.raises(AssayError, match="other scores"):
        require_the_same(pd.Series([0.2, 0.2], index=["b", "a"]), written)


def test_the_python_of_an_environment_is_known_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    assert python_of("bin/python") == str(tmp_path / "bin/python")
    with pytest.raises(AssayError, match="no Python elsewhere"):
        python_of("elsewhere")


def test_catboost_gets_texts_for_categories() -> None:
    X = pd.DataFrame({"sex": pd.Categorical(["F", None]), "age": [1.0, np.nan]})
    assert with_texts(X)["sex"].tolist() == ["F", "missing"]
