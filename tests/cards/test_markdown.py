"""Markdown of the cards."""

import re

import pytest

from assay.cards.markdown import percent
from samples import ROOT

TEMPLATES = sorted((ROOT / "src/assay/cards").glob("*.md.j2"))
# Scales, a shell command's flag-free text and the names of guidelines; everything else must come from the inputs.
NO_FIGURES = {"0", "1", "1000", "256", "5", "2024", "385", "078378"}


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "0.0 %"), (0.0561, "5.6 %"), (1, "100.0 %"), (0.0004, "under 0.1 %"), (0.0005, "0.1 %")]
)
def test_a_share_that_is_not_nothing_is_not_shown_as_nothing(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_figure_is_typed_into_a_template(template) -> None:
    typed = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(), flags=re.S)
    without_items = re.sub(r"^\| [\d, abcdefgto]+ \|", "|", typed, flags=re.M)  # the numbers of TRIPOD+AI's items
    assert set(re.findall(r"\d+", without_items)) <= NO_FIGURES
