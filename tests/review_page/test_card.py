"""What the page shows of a record."""

import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset
from assay.preparation.reconcile import clean
from assay.review_page.card import Cards, measured
from assay.text import visible
from hostile import TEXTS
from samples import THYROID, raw_record, raw_table


@pytest.fixture
def cards() -> Cards:
    raw = raw_table(
        raw_record("840801013", TSH="9", FTI="50", TBG="", pregnant="t", sex="", target="F|GK"),
        raw_record("840801014", T3="13"),
    )
    records = clean(raw, THYROID, "raw.csv").records.set_index("record_id")
    return Cards(records, THYROID, pd.Series({"-": 9, "K": 5, "F|G": 4, "F": 3, "R": 1}), by_letter=True)


def test_values_stand_beside_their_reference_ranges(cards: Cards) -> None:
    shown = {one["name"]: one for one in cards.card("840801013")["measured"]}
    assert list(shown) == ["age", "TSH", "T3", "TT4", "T4U", "FTI", "TBG"]
    assert (shown["TSH"]["value"], shown["TSH"]["unit"], shown["TSH"]["position"]) == (9.0, "mU/L", "high")
    assert [shown[name]["position"] for name in ("age", "T3", "FTI", "TBG")] == ["", "within", "low", ""]
    assert shown["TBG"]["value"] is None
    assert shown["FTI"]["reference"] == [70, 154]
    assert not shown["T3"]["unlikely"]
    assert {one["name"]: one for one in cards.card("840801014")["measured"]}["T3"]["unlikely"]


def test_history_is_in_words_and_what_is_not_known_is_neither_yes_nor_no(cards: Cards) -> None:
    card = cards.card("840801013")
    assert card["yes"] == ["pregnant"]
    assert "treated with thyroxine" in card["no"]
    assert "thyroid surgery" in card["no"]
    assert card["said"] == [
        {"name": "sex", "about": "", "value": ""},
        {"name": "referral_source", "about": "", "value": "other"},
    ]
    assert card["date"] == "1984-08-01"
    flag = Dataset(target="code", columns={"sick": Column(type="flag")})
    unknown = pd.DataFrame({"sick": pd.array([pd.NA], "boolean"), "code": ""}, index=["1"])
    blank = Cards(unknown, flag, pd.Series(dtype="int64"), by_letter=False).card("1")
    assert (blank["yes"], blank["no"]) == ([], [])


def test_only_what_describes_the_record_is_shown(cards: Cards) -> None:
    card = cards.card("840801013")
    assert set(card) == {"record_id", "date", "measured", "said", "yes", "no", "code", "code_in_words"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("-", "no condition that calls for a comment"),
        ("F", "primary hypothyroid"),
        ("AK", "hyperthyroid, concurrent non-thyroidal illness"),
        ("F|GK", "primary hypothyroid; more likely: compensated hypothyroid, concurrent non-thyroidal illness"),
    ],
)
def test_a_code_is_put_into_words(cards: Cards, code: str, words: str) -> None:
    assert cards.in_words(code) == words


def test_the_codes_used_most_have_the_digits(cards: Cards) -> None:
    codes = cards.codes()
    assert [(one["key"], one["code"]) for one in codes[:5]] == [
        ("1", "-"),
        ("2", "K"),
        ("3", "F"),
        ("4", "R"),
        ("5", "A"),
    ]
    assert [one["key"] for one in codes] == [*"123456789", *[""] * 12]
    assert {one["code"] for one in codes} == {"-", *"ABCDEFGHIJKLMNOPQRST"}
    assert codes[2]["words"] == "primary hypothyroid"


def test_a_dataset_without_words_offers_its_values_or_what_the_source_uses() -> None:
    used = pd.Series({"ill": 2, "well": 7})
    records = pd.DataFrame({"code": ["ill", "well"]}, index=["1", "2"])
    for column in (Column(type="category", values=["well", "ill"]), Column(type="text")):
        own = Cards(records, Dataset(target="class", columns={"class": column}), used, by_letter=False)
        assert [(one["key"], one["code"], one["words"]) for one in own.codes()] == [("1", "well", ""), ("2", "ill", "")]
        assert own.in_words("ill") == ""


def test_the_ends_of_a_range_lie_within_it() -> None:
    column = Column(type="number", reference=[1.0, 2.0])
    assert [measured("x", column, value)["position"] for value in (0.9, 1, 2, 2.1)] == [
        "low",
        "within",
        "within",
        "high",
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_texts_of_a_record_are_shown_and_hide_nothing(name: str) -> None:
    text = TEXTS[name]
    columns = {text: Column(type="category", about=text), "x": Column(type="number", about=text, unit=text)}
    table = pd.DataFrame({text: [text], "x": [1.0], "code": [text]}, index=["1"])
    dataset = Dataset(target="code", columns={**columns, "code": Column(role="target")}, codes={text: text})
    card = Cards(table, dataset, pd.Series({text: 1}), by_letter=False).card("1")
    assert card["said"] == [{"name": visible(text), "about": visible(text), "value": visible(text)}]
    assert (card["code"], card["code_in_words"]) == (visible(text), visible(text))
    assert card["measured"][0]["unit"] == visible(text)
