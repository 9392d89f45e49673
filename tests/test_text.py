"""What cannot be seen is shown as an escape."""

import xml.etree.ElementTree as ElementTree

import pytest

from assay.text import visible
from hostile import TEXTS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, – ü 東 😀", "plain, – ü 東 😀"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\rb\tc\nd", r"a\rb\tc\nd"),
        ("a\u202eb\u2066c", r"a\u202eb\u2066c"),
        ("\u2028\x85\x9b", r"\u2028\x85\x9b"),
        ("\U000e0041\u200b\ufeff", r"\U000e0041\u200b\ufeff"),
        ("\ud800\uffff", r"\ud800\uffff"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),  # spelled with joiners
        (3.5, "3.5"),
        ("", ""),
    ],
)
def test_control_characters_are_escapes_and_letters_are_letters(text: object, shown: str) -> None:
    assert visible(text) == shown


def test_ends_of_lines_stay_where_they_are_wanted() -> None:
    assert visible("a\nb\x1b\r\n", keep="\n") == "a\nb\\x1b\\r\n"


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_visible_can_stand_in_xml_and_does_not_change_again(name: str) -> None:
    shown = visible(TEXTS[name])
    element = ElementTree.Element("text")
    element.text = shown
    assert ElementTree.fromstring(ElementTree.tostring(element, encoding="unicode")).text == shown
    assert visible(shown) == shown
