"""Pages and cards speak of records and outcome as the contract does."""

import re
from pathlib import Path

import pytest

from assay.config.compose import composed
from assay.stages import annotate, audit, cards, clean, evaluate, featurize, profile, split, train

SHOP = [
    *(
        f"dataset.words.{key}={said}"
        for key, said in {"unit": "order", "outcome": "returned", "otherwise": "kept"}.items()
    ),
    *(f"dataset.words.{key}=''" for key in ("units", "positives", "having", "event")),
    "dataset.words.health=false",
    "dataset.about=Orders of a shop.",
    "labels.about=returned within a month",
]
PICTURE = re.compile(r"base64,[A-Za-z0-9+/=]+")
OF_PEOPLE = re.compile(
    r"disease|healthy|\bpeople with|\d people|medical|in care|\bill\b|TRIPOD|<th>Disease"
)  # but for the title of the source
CONFIGURED = re.compile(r"<details><summary>Configuration</summary>.*", re.DOTALL)  # codes of the thyroid contract


@pytest.fixture
def shop(line: Path) -> Path:
    """The small line as if it were of a shop's orders."""
    (line / "params.yaml").write_text(composed(["debug=fast", "model.n_estimators=40", *SHOP]))
    for stage in (clean, annotate, split, featurize, profile, train, audit, evaluate, cards):
        stage.main()
    return line


def test_a_shop_is_not_told_of_the_sick(shop: Path) -> None:
    reports = shop / "reports"
    report = CONFIGURED.sub("", PICTURE.sub("", (reports / "report.html").read_text()))
    card = (reports / "model_card.md").read_text()
    page = PICTURE.sub("", (reports / "profile.html").read_text())
    assert "Of 1000 orders like those of the test fold" in report
    assert "Calling every order kept is right in" in report
    assert "share of the kept orders that are left alone" in report
    assert "| returned, and found |" in card
    assert "Nobody should act on this model's score alone." in card
    assert "the share of kept orders (grey) and of returned orders (orange)" in page
    assert "kept" in (reports / "plots/confusion.csv").read_text()
    for text in (report, page, _without_codes(card)):
        assert OF_PEOPLE.findall(text) == []


def test_accuracy_is_the_models_and_data_accuracy_is_that_of_the_data(shop: Path) -> None:
    report = (shop / "reports/report.html").read_text()
    assert "<td>data accuracy</td>" in report
    assert "<td>Accuracy</td>" in report
    assert "<td>accuracy</td>" not in report


def _without_codes(card: str) -> str:
    """Without what the thyroid contract says of codes, population, features and limits."""
    return "\n".join(line for line in card.splitlines() if not line.startswith(("| `", "- ", "| Reads", "| Model")))
