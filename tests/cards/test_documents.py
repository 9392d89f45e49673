"""The cards as they are committed: links, tables, and what a reader must find."""

import re

import pytest

from assay.paths import DATA_CARD, MODEL_CARD
from samples import ROOT

CARDS = [ROOT / MODEL_CARD, ROOT / DATA_CARD]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("card", CARDS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(card) -> None:
    text = card.read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert {link[1:] for link in links if link.startswith("#")} <= anchors(text)
    files = {link.partition("#")[0] for link in links} - {""}
    assert [file for file in files if not (card.parent / file).exists()] == []


@pytest.mark.parametrize(
    ("card", "headings"),
    [
        (
            MODEL_CARD,
            "Model details, Intended use, Out-of-scope use, Population, Label definition, Performance, Slices, "
            "Threshold and its price, Limits and risks, Training data, Evaluation data, Ethical considerations, "
            "How to reproduce, TRIPOD+AI",
        ),
        (
            DATA_CARD,
            "Source, Motivation, Composition, Cleaning, Quality, Labels, Folds, Known defects and limits, "
            "Personal data, Uses, Maintenance",
        ),
    ],
)
def test_the_headings_are_those_of_the_literature(card, headings: str) -> None:
    assert re.findall(r"^## (.*)$", (ROOT / card).read_text(), re.M) == headings.split(", ")


def test_every_item_of_tripod_ai_is_answered_once() -> None:
    """The items of Collins et al., BMJ 2024;385:e078378, table 2."""
    parts = {
        3: "abc",
        5: "ab",
        6: "abc",
        8: "abc",
        9: "abc",
        12: "abcdefg",
        18: "abcdef",
        20: "abc",
        23: "ab",
        27: "abc",
    }
    items = [f"{number}{part}" for number in range(1, 28) for part in parts.get(number, [""])]
    table = (ROOT / MODEL_CARD).read_text().split("## TRIPOD+AI")[1]
    cells = ", ".join(re.findall(r"^\| (\d[^|]*) \|", table, re.M)).replace("18a to 18d", "18a, 18b, 18c, 18d")
    assert sorted(cells.split(", ")) == sorted(items)


def test_nothing_in_the_cards_belongs_to_a_machine_or_a_day() -> None:
    for card in CARDS:
        assert str(ROOT) not in card.read_text()
        assert not re.search(r"\b20[2-9]\d-\d\d-\d\d\b", card.read_text())
