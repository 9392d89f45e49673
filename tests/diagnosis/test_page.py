"""The page of a diagnosis and its picture."""

import pytest

from assay.diagnosis.command import Diagnosis, as_json
from assay.diagnosis.finding import Finding, Gain, Table, Verdict
from assay.diagnosis.page import as_markdown, as_page, picture
from diagnosis_samples import evidence, table
from hostile import TEXTS
from svg_reading import Picture


def diagnosis(*findings: Finding) -> Diagnosis:
    return Diagnosis(evidence(*table(200)), list(findings))


HELD = Finding("one cause", Verdict.HOLDS, "It was measured.", "Mend it.", Gain(0.03, 0.02, 0.04), ["assay mend"])
BOUND = Finding("a bound", Verdict.UNDECIDED, "So much.", "Look.", Gain(0.02, -0.01, 0.05, at_most=True))
FREE = Finding("another", Verdict.DOES_NOT, "No.", "Nothing.", tables=[Table("Detail", ("what", "p"), [("x", 0.5)])])


def test_what_holds_the_model_back_comes_with_what_to_do() -> None:
    text = as_markdown(diagnosis(HELD, BOUND, FREE))
    assert "| one cause | holds it back | +0.030 [+0.020, +0.040] | It was measured. |" in text
    assert "| a bound | undecided | at most +0.020 [-0.010, +0.050] | So much. |" in text
    assert "| another | does not | – | No. |" in text
    assert "- one cause: Mend it. `assay mend`\n- a bound: Look." in text
    assert "Nothing." not in text
    assert "| x | 0.5 |" in as_page(diagnosis(FREE))
    assert "To do" not in as_markdown(diagnosis(FREE))


def test_the_picture_has_every_gain_and_its_interval() -> None:
    drawn = Picture(picture(diagnosis(HELD, BOUND, FREE)))
    for place, (one, name) in enumerate([(BOUND.gain, "a bound"), (HELD.gain, "one cause")]):
        assert one
        ends = drawn.places(f"interval-{place}")
        assert drawn.x.value(ends[:, 0]).tolist() == pytest.approx([one.low, one.high], abs=1e-4)
        assert drawn.y.category(ends[0, 1]) == name
        assert drawn.x.value(drawn.places(f"gain-{place}")[:, 0]).tolist() == pytest.approx([one.value], abs=1e-4)
    assert "another" not in drawn.text


def test_a_diagnosis_without_a_gain_has_a_picture() -> None:
    assert picture(diagnosis(FREE)).startswith("<?xml")


@pytest.mark.parametrize("text", TEXTS)
def test_names_from_outside_stay_texts(text: str) -> None:
    hostile = Finding(
        "cause", Verdict.HOLDS, f"most: {text} 0.5", "Do.", None, [f"x {text}"], [Table("T", ("a",), [(text,)])]
    )
    page = as_page(diagnosis(hostile))
    assert "<script" not in page
    assert len([line for line in page.splitlines() if line.startswith("| cause | holds")]) == 1


def test_a_program_gets_the_figures() -> None:
    found = as_json(diagnosis(BOUND))
    assert found["findings"][0]["gain"] == {"value": 0.02, "interval": [-0.01, 0.05], "at_most": True}
    assert (found["records"], found["worth"]) == (200, 0.01)
