"""A decision as people and programs read it."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assay.choose.candidates import INCUMBENT
from assay.choose.decision import content
from assay.choose.folder import read, write
from assay.choose.page import as_markdown, candidates_table, picture, sentence
from assay.choose.rule import RULE
from choice_samples import called, record
from hostile import TEXTS
from svg_reading import Picture

CLEAR = {INCUMBENT: 0.8, "lightgbm": 0.95, "logistic": 0.7}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({INCUMBENT: 0.9, "a": 0.8}, "stays: no other has a higher average precision. No candidate is distinguishably"),
        ({INCUMBENT: 0.9, "a": 0.905}, "stays: it is as good as the best, a. No candidate is distinguishably better"),
        ({INCUMBENT: 0.9, "a": 0.95}, r"a in place of the incumbent: average precision \+0.050 .*, better"),
        ({INCUMBENT: 0.9, "a": 0.92}, r"a in place of the incumbent: average precision \+0.020 .*, undecided"),
    ],
)
def test_the_sentence_says_what_was_decided_and_whether_it_can_be_told_apart(values: dict, said: str) -> None:
    assert re.search(said, sentence(record(values)))


def test_the_table_has_the_best_first_and_marks_best_and_chosen() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in candidates_table(record(CLEAR)).splitlines()
    ]
    assert [row[0] for row in rows[2:]] == ["lightgbm", INCUMBENT, "logistic"]
    assert [row[-1] for row in rows[2:]] == ["best, chosen", "", ""]
    assert [row[4] for row in rows[2:]] == ["0.0000", "0.1500", "0.2500"]
    assert rows[2][3] == "0.9490 to 0.9510"


def test_the_page_tells_the_rule_the_luck_and_where_the_hashes_are() -> None:
    page = as_markdown(record(CLEAR), "candidates.svg")
    assert page.startswith("# Choice of the model: lightgbm\n")
    assert RULE in page
    assert "The best of 3 owes about 0.0" in page
    assert "1,000 records of train and validation, 50 of them positive" in page
    assert "(candidates.svg)" in page
    assert "(decision.json)" in page


def test_the_picture_has_each_candidate_where_the_table_says() -> None:
    made = record({INCUMBENT: 0.94, "a": 0.95, "b": 0.945, "far": 0.2})
    drawn = Picture(picture(made))
    marks = {place: drawn.places(f"candidate-{place}") for place in drawn.ids("candidate")}
    places = {place: float(drawn.x.value(mark[:, 0])[0]) for place, mark in marks.items()}
    ranked = sorted(made.decision.candidates, key=lambda one: one.found.value)
    assert set(places) == {"1", "2", "3"}  # the far one is told in words
    for place, behind in places.items():
        assert behind == pytest.approx(-ranked[int(place)].behind.value, abs=2e-4)
    assert any("0.750" in text for text in drawn.text)
    assert {one.name for one in ranked} <= set(drawn.text)


def test_the_picture_has_the_same_bytes_twice() -> None:
    assert picture(record(CLEAR)) == picture(record(CLEAR))


@pytest.mark.parametrize("name", TEXTS)
def test_a_name_in_the_picture_is_only_a_text(name: str) -> None:
    tags = {node.tag for node in ElementTree.fromstring(picture(record(CLEAR))).iter()}
    assert {node.tag for node in ElementTree.fromstring(picture(called(TEXTS[name]))).iter()} <= tags


def test_the_decision_is_json_with_the_figures_of_each_candidate() -> None:
    said = content(record(CLEAR))
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert (said["chosen"], said["best"], said["against_the_incumbent"]) == ("lightgbm", "lightgbm", "better")
    assert said["proposal"] == ["lightgbm"]
    best = next(one for one in said["candidates"] if one["name"] == "lightgbm")
    assert best["as_good_as_the_best"] is True
    assert (best["behind_the_best"], best["gain_on_the_incumbent"]) == (0, 0.15)
    assert said["rule"] == RULE


def test_parameters_are_written_as_they_are(tmp_path: Path) -> None:
    exact = {"model": {"name": "logistic", "C": 1.23456789e-7}}
    write(replace(record(CLEAR), configuration=exact), tmp_path / "decision")
    assert read(tmp_path / "decision", "").configuration == exact
