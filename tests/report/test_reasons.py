"""The worst errors on the test fold, with their reasons."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.bundle.contributions import contributions
from assay.bundle.folder import load_model
from assay.bundle.reasons import Explanation, Reason
from assay.report.figures import draw_reasons
from assay.report.reasons import FALSE_ALARM, MISSED, Example, errors, in_words, worst, worst_of
from hostile import TEXTS
from svg_reading import Picture

TEST = pd.DataFrame(
    [
        ("a", True, "", 0.4),
        ("b", True, "", 0.5),  # found
        ("c", False, "", 0.6),
        ("d", False, "", 0.9),
        ("e", False, "", 0.1),  # left alone
        ("f", True, "", 0.2),
        ("g", True, "ungradable", 0.0),
        ("h", False, "ungradable", 1.0),
        ("i", False, "", 0.9),
    ],
    columns=["record_id", "label", "excluded", "score"],
)
BUNDLE = {
    "config": {"labels": {"codes": "letters"}, "dataset": {"codes": {"A": "hyper", "F": "hypo", "-": "none"}}},
    "without_reasons": None,
}
WHY = Explanation((Reason("x", "x 1, high", 2.0), Reason("y", "y (no)", -0.5)), others=0.25, baseline=-3.0)


def test_errors_are_graded_and_the_worst_come_first() -> None:
    found = {error: table["record_id"].tolist() for error, table in errors(TEST, 0.5).items()}
    assert found == {MISSED: ["f", "a"], FALSE_ALARM: ["d", "i", "c"]}


def test_the_examples_are_those_that_are_explained() -> None:
    found = worst(*worst_of([TEST.assign(code_resolved="F")], 0.5, 3), {"f": WHY, "c": WHY}, BUNDLE)
    assert [(one.error, one.record_id, one.score, one.code) for one in found.examples] == [
        (MISSED, "f", 0.2, "F: hypo"),
        (FALSE_ALARM, "c", 0.6, "F: hypo"),
    ]
    assert found.counts == {MISSED: 2, FALSE_ALARM: 3}
    assert {name: one.record_id for name, one in found.pictured.items()} == {
        "reasons_missed": "f",
        "reasons_false_alarm": "c",
    }
    assert worst(*worst_of([TEST], 2.0, 3), {}, BUNDLE).pictured == {}


@pytest.mark.parametrize("rows", [1, 2, 5, 9])
@pytest.mark.parametrize("most", [0, 1, 2, 9])
def test_the_worst_are_the_same_however_the_records_come(rows: int, most: int) -> None:
    batches = (TEST.iloc[start : start + rows] for start in range(0, len(TEST), rows))
    found, counts = worst_of(batches, 0.5, most)
    assert counts == {MISSED: 2, FALSE_ALARM: 3}
    for kind, table in errors(TEST, 0.5).items():
        pd.testing.assert_frame_equal(found[kind], table.head(most))


@pytest.mark.parametrize(
    ("codes", "code", "words"),
    [
        ("letters", "AF", "AF: hyper, hypo"),
        ("letters", "AX", "AX: hyper"),
        ("letters", "-", "-: none"),
        ("letters", "X", "X"),
        ("whole", "AF", "AF"),
        ("whole", "A", "A: hyper"),
        ("letters", "", ""),
    ],
)
def test_codes_in_words(codes: str, code: str, words: str) -> None:
    config = {"labels": {"codes": codes}, "dataset": BUNDLE["config"]["dataset"]}
    assert in_words(code, config) == words


def drawn(*reasons: Reason, others: float = 0.25) -> Picture:
    example = Example(MISSED, "f", 0.2, "F", Explanation(reasons, others, -3.0))
    return Picture(draw_reasons({"reasons_missed": example})["reasons_missed"])


def test_bars_are_as_long_as_the_reasons_weigh() -> None:
    picture = drawn(*WHY.reasons)
    lengths = [picture.x.value(picture.places(f"bar-{bar}")[:, 0]) for bar in range(3)]
    assert [one[np.abs(one).argmax()] for one in lengths] == pytest.approx([0.25, -0.5, 2.0], abs=1e-4)
    for said in ("Missed: score 0.200", "x 1, high", "y (no)", "all other features", "+2.00", "-0.50", "+0.25"):
        assert said in picture.text


def test_a_picture_without_reasons_and_with_long_words() -> None:
    assert "+0.00" in drawn(others=0.0).text
    assert any(text.endswith("…") for text in drawn(Reason("x", "x" * 500, 1.0)).text)


@pytest.mark.filterwarnings("error")
def test_letters_that_the_font_lacks_are_left_to_the_browser() -> None:
    assert "年齢 5, high" in drawn(Reason("年齢", "年齢 5, high", 1.0)).text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_from_outside_draw_nothing(text: str) -> None:
    assert len(drawn(Reason(text, text, 1.0)).ids("bar")) == 2


def test_the_report_tells_the_reasons_of_the_errors(small_line: Path) -> None:
    html = (small_line / "reports/report.html").read_text()
    section = html.split('id="reasons"')[1].split("<h2")[0]
    rows = re.findall(r"<tr><td>(missed|false alarm)</td><td>(\d+)</td>", section)
    test = pd.read_parquet(small_line / "data/split/test.parquet").merge(
        pd.read_parquet(small_line / "data/predictions/test.parquet"), on="record_id"
    )
    threshold = json.loads((small_line / "models/bundle.json").read_text())["threshold"]["value"]
    wrong = errors(test, threshold)
    assert rows == [(error, one) for error, table in wrong.items() for one in table["record_id"].head(3)]
    assert rows
    X = pd.read_parquet(small_line / "data/features/test.parquet").set_index("record_id").loc[[rows[0][1]]]
    first = contributions(load_model(small_line / "models"), X).iloc[0]
    assert f"{first['baseline']:.2f}" in section
    assert f"the log odds of the score: {first.sum():.2f}" in section
