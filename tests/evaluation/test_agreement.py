"""A picture or a page shows the figures that the files of the same run hold."""

import json
from pathlib import Path

import pytest

from page_agreement import assert_pages_agree
from picture_agreement import assert_pictures_agree, assert_the_rounds_are_those_kept
from report_reading import Reports
from samples import ROOT


@pytest.fixture(params=["small line", "this repository"])
def reports(request: pytest.FixtureRequest) -> Reports:
    return Reports(ROOT if request.param == "this repository" else request.getfixturevalue("small_line"))


def test_every_point_and_line_of_a_picture_is_a_figure_of_the_reports(reports: Reports) -> None:
    assert_pictures_agree(reports)


def test_every_figure_of_a_page_is_one_of_the_reports(reports: Reports) -> None:
    assert_pages_agree(reports)


def test_the_rounds_kept_are_those_of_the_model(small_line: Path) -> None:
    bundle = json.loads((small_line / "models/bundle.json").read_text())
    assert_the_rounds_are_those_kept(Reports(small_line), bundle["model"])
