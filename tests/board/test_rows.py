"""The cells and columns of the table of experiments."""

import pytest

from assay.board.rows import address, cells, changed, columns, comparable, parameters
from assay.overview.rows import BRANCH, DAMAGED, EXPERIMENT, STALE, WORKSPACE, Figures, Row
from hostile import TEXTS


def row(**values: object) -> Row:
    return Row(**{"name": "one", "kind": EXPERIMENT, "state": "done", "sha": "a" * 40, **values})  # type: ignore[arg-type]


def test_the_metric_that_ranks_comes_first_and_parameters_last_and_hidden() -> None:
    figures = Figures({"recall": 0.9, "average_precision": 0.8, "records": 100})
    found = columns([row(figures=figures, changes={"model.C": (1, 2)}, test=figures)], with_test=False)
    keys = [one.key for one in found]
    assert keys[:3] == ["name", "state", "average_precision"]
    assert keys[-1] == "model.C"
    assert not found[-1].shown
    assert "records" not in keys
    assert not [one for one in keys if one.startswith("test.")]
    assert "test.recall" in [one.key for one in columns([row(test=figures)], with_test=True)]


def test_parameters_are_those_of_experiments_the_most_changed_first() -> None:
    rows = [
        row(changes={"b": (1, 2)}),
        row(changes={"b": (1, 3), "a": (1, 2)}),
        row(kind=BRANCH, changes={"z": (1, 2)}),
        row(changes=None),
    ]
    assert parameters(rows) == ["b", "a"]


def test_damage_is_said_beside_the_figures_and_what_is_not_known_is_no_change() -> None:
    one = row(state=DAMAGED, note="params.yaml: not a mapping", figures=Figures({"average_precision": 0.99}))
    html = cells(one, "", columns([one], with_test=False))
    assert '<td class="damaged">damaged<br><span class="muted">params.yaml: not a mapping</span></td>' in html
    assert '<td class="changed">–</td>' in html
    assert '<td class="changed"></td>' in cells(row(changes={}), "", columns([one], with_test=False))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_texts_from_outside_are_texts(text: str) -> None:
    one = row(
        name=text, state="failed", note=text, changed=(f"x={text}",), params={"x": text}, changes={"x": (1, text)}
    )
    html = cells(one, "/there", columns([one], with_test=True))
    for mark in ("<img", "<script", "<b>", "</td></table>", "\x1b", "\u202e", "onmouseover='"):
        assert mark not in html


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        (Figures({"recall": 0.5}), '<td class="figure" data-v="0.5">0.500</td>'),
        (
            Figures({"recall": 0.5}, {"recall": (0.4, 0.6)}),
            '<td class="figure" data-v="0.5" data-low="0.4" data-high="0.6">0.500 '
            '<span class="ci">[0.400, 0.600]</span></td>',
        ),
        (Figures({"recall": float("nan")}), '<td class="figure"></td>'),
        (Figures({"recall": 0.5}, {"recall": (float("nan"), 0.6)}), '<td class="figure" data-v="0.5">0.500</td>'),
        (Figures(), '<td class="figure"></td>'),
    ],
)
def test_a_figure_has_its_interval_where_that_is_known(figures: Figures, shown: str) -> None:
    one = row(figures=figures)
    (column,) = [column for column in columns([row(figures=Figures({"recall": 1}))], False) if column.key == "recall"]
    assert cells(one, "", [column]) == shown


@pytest.mark.parametrize(("number", "folded"), [(0, 0), (4, 0), (5, 2), (9, 6)])
def test_many_changes_are_folded(number: int, folded: int) -> None:
    html = changed([f"p{n}=1" for n in range(number)])
    assert html.count("<code>") == number
    assert (f"{folded} more" in html) == bool(folded)


def test_what_has_no_commit_or_no_figures_cannot_be_compared() -> None:
    figures = Figures({"recall": 0.5})
    assert comparable(row(figures=figures))
    assert not comparable(row(figures=figures, sha=""))
    assert not comparable(row())
    here = {"kind": WORKSPACE, "sha": "", "figures": figures}
    assert comparable(row(**here))
    assert not comparable(row(**here, state=STALE))
    assert address(row(**here)) == "workspace"
