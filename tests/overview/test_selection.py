"""Which rows are shown, and in which order."""

import pytest

from assay.errors import AssayError
from assay.overview.rows import EXPERIMENT, Figures, Row
from assay.overview.selection import in_order, where

ROWS = [
    Row(
        name,
        EXPERIMENT,
        state,
        note=note,
        changed=(f"model={model}",),
        params={"model.name": model, "model.depth": depth, "model.fast": fast},
        figures=Figures({"recall": recall, "brier": brier, "calibration_slope": slope}),
    )
    for name, state, note, model, depth, fast, recall, brier, slope in [
        ("a", "done", "", "svm", 2, True, 0.9, 0.02, 1.2),
        ("b", "done", "", "forest", 10, False, 0.95, 0.01, 0.9),
        ("c", "failed", "No room", "forest", None, False, float("nan"), 0.03, 1.0),
    ]
]


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ([], "abc"),
        (["forest"], "bc"),
        (["no room"], "c"),
        (["state=failed"], "c"),
        (["model.name=forest", "recall>=0.9"], "b"),
        (["model.depth>2"], "b"),
        (["model.depth <= 10"], "ab"),
        (["model.depth==2.0"], "a"),
        (["model.depth!=2"], "bc"),
        (["model.fast=true"], "a"),
        (["recall<1"], "ab"),
    ],
)
def test_rows_meet_all_conditions(conditions: list[str], names: str) -> None:
    assert "".join(row.name for row in where(ROWS, conditions)) == names


@pytest.mark.parametrize(
    ("column", "backwards", "names"),
    [
        ("recall", False, "bac"),
        ("recall", True, "abc"),
        ("brier", False, "bac"),
        ("calibration_slope", False, "cba"),
        ("model.depth", False, "abc"),
        ("name", True, "cba"),
        ("note", False, "cab"),
    ],
)
def test_the_best_comes_first_and_what_has_no_value_last(column: str, backwards: bool, names: str) -> None:
    assert "".join(row.name for row in in_order(ROWS, column, backwards)) == names


def test_an_unknown_column_is_refused_with_one_like_it() -> None:
    with pytest.raises(AssayError, match="no column 'modell'"):
        where(ROWS, ["modell=svm"])
    with pytest.raises(AssayError, match="did you mean recall"):
        in_order(ROWS, "recal")
