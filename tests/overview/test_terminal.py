"""The table fits the terminal, and nothing in a name or value does anything to it."""

import re
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from assay.overview.columns import FIELDS, known, text, title
from assay.overview.rows import BRANCH, DAMAGED, EXPERIMENT, STOPPED, WORKSPACE, Figures, Row
from assay.overview.terminal import notes, table
from assay.sweep.log import DONE, FAILED, RUNNING
from hostile import TEXTS

COLUMNS = ["name", "state", "changed", "average_precision", "precision", "alerts_per_1000", "seconds", "time"]
FIGURES = Figures({"average_precision": 0.97046, "precision": 0.9}, {"average_precision": (0.95833, 0.98043)})


def experiment(name: str = "try", **more: object) -> Row:
    given = {"kind": EXPERIMENT, "state": DONE, "sha": name, "base": "b", "figures": FIGURES, "seconds": 11.53}
    return Row(name=name, **{**given, **more})  # type: ignore[arg-type]


ROWS = [
    Row(WORKSPACE, WORKSPACE, DONE, base="b", figures=FIGURES),
    Row("main", BRANCH, DONE, "b", "b", time=datetime(2026, 1, 2, tzinfo=UTC)),
    Row("v1", "tag", DONE, "b", "b"),
    experiment("a-very-long-name-of-a-sweep-" * 3, changed=("model=xgboost", "model.max_depth=3") * 9),
    experiment("名前" * 20, state=RUNNING),
]


def test_names_of_a_commit_share_a_line_and_experiments_stand_below_it() -> None:
    lines = table(ROWS, ["name", "average_precision"], None).splitlines()
    assert [line.rstrip() for line in lines[:3]] == [
        f"{'name':<86}  average precision",
        f"{'workspace':<86}  0.970 [0.958, 0.980]",
        f"{'main, v1':<86}  –",
    ]
    assert lines[3].startswith("  a-very-long-name")


@pytest.mark.parametrize("width", [60, 80, 100, 160, 400])
def test_no_line_is_longer_than_the_terminal_and_names_are_never_dropped(width: int) -> None:
    lines = table(ROWS, COLUMNS, width).splitlines()
    assert len(lines) == 5
    assert max(map(cell_len, lines)) <= width
    assert lines[0].split()[0] == "name"
    assert "changed" in lines[0]


def test_the_figure_that_ranks_stays_longest_and_what_was_asked_for_stays_always() -> None:
    assert [name in table(ROWS, COLUMNS, 90).splitlines()[0] for name in ("average precision", "seconds")] == [
        True,
        False,
    ]
    assert "seconds" in table(ROWS, COLUMNS, 90, chosen=True).splitlines()[0]


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts_are_shown_and_do_nothing(name: str) -> None:
    hostile = TEXTS[name]
    row = experiment(
        hostile, changed=(f"key={hostile}",), note=hostile, log=hostile, params={hostile: hostile}, state=FAILED
    )
    shown = [table([row], ["name", "changed", "note", hostile], width) for width in (None, 60)]
    shown += [*notes([row], ["recall"]), title(hostile), text(row, hostile)]
    for said in shown:
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said)
    assert len(shown[0].splitlines()) == 2


def test_what_failed_is_said_and_figures_of_the_test_fold_are_called_so() -> None:
    rows = [
        experiment("a", state=FAILED, note="no room", log="a.log"),
        experiment("b", state=STOPPED),
        experiment("c"),
        experiment("d", state=DAMAGED, note="params.yaml: not a mapping"),
    ]
    assert notes(rows, ["average_precision", "test.recall"]) == [
        "failed a: no room (log: a.log)",
        "stopped b: its process has ended without a result",
        "damaged d: params.yaml: not a mapping",
        "Figures are out of fold, on train and validation, with 95 % intervals: choose by these.",
        "Columns with 'test' are of the test fold: who chooses by them has no test left.",
    ]
    assert title("test.recall") == "recall, test"


def test_every_known_column_can_be_shown() -> None:
    rows = [experiment(params={"model.depth": 3}, test=Figures({"recall": 0.9})), *ROWS]
    names = known(rows)
    assert {*FIELDS, "recall", "test.recall", "model.depth"} <= set(names)
    assert len(table(rows, names, None).splitlines()) == 6
