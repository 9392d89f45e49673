"""Markdown in which a text from outside stays a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.presentation.markdown import Markdown, address, cells, code, escaped, quoted, table
from assay.text import visible
from hostile import OURS, TEXTS, on_one_line, reached, rendered, squeezed

# Where a text may stand, and the tags that its place has.
PLACES = {
    "line": "{}",
    "sentence": "It is {}.\nSo it is.",
    "after a line": "Before\n{}",
    "before a rest": "{}: rest",
    "heading": "# {}",
    "item": "- {}\n- next",
    "strong": "So **x{}x** is.",
    "cell": "| a | b |\n|---|---|\n| {} | c |",
    "cell at the end": "| a | b |\n|---|---|\n| c | {} |",
}
SPECIAL = st.text(st.sampled_from("ab1 \\`*_{}[]()<>#+-.!|~$&;:/@=\n\t\r\"'wGH\u200d\u202e\x1b"), max_size=14)


def assert_plain(before: str, text: str, after: str) -> None:
    source = f"{before}{escaped(text)}{after}"
    page, without = rendered(source), rendered(f"{before}QQ{after}")
    assert sorted(page.tags) == sorted(without.tags) or not (text.strip() or before or after)
    assert page.text == squeezed(without.text.replace("QQ", on_one_line(text)))
    assert reached(source) == []


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("place", PLACES)
def test_a_text_stays_a_text_wherever_it_stands(place: str, name: str) -> None:
    before, after = PLACES[place].split("{}")
    assert_plain(before, TEXTS[name], after)


@given(SPECIAL, st.sampled_from(sorted(PLACES)))
def test_no_text_at_all_becomes_markup(text: str, place: str) -> None:
    before, after = PLACES[place].split("{}")
    assert_plain(before, text, after)


@given(SPECIAL, SPECIAL)
def test_two_texts_make_nothing_together(first: str, second: str) -> None:
    assert_plain(f"a {escaped(first)} ", second, f" {escaped(first)} b")
    assert_plain(f"({escaped(first)}) (", second, ")")


@given(SPECIAL, st.sampled_from(sorted(PLACES)))
def test_a_name_in_code_is_spelled_as_it_is(text: str, place: str) -> None:
    before, after = PLACES[place].split("{}")
    page, without = rendered(f"{before}{code(text)}{after}"), rendered(f"{before}QQ{after}")
    assert sorted(page.tags) == sorted([*without.tags, "code"])
    assert page.text == squeezed(without.text.replace("QQ", visible(text)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", r"a\|b"),
        ("<b>", "&lt;b>"),
        ("two\nlines", "two lines"),
        (", ", ", "),
        (3, "3"),
        (0.25, "0.25"),
        ("-0.012 [-0.034, +0.010]", "-0.012 [-0.034, +0.010]"),
        ("alerts_per_1000", "alerts_per_1000"),
        ("TSH < 6 & FTI", "TSH &lt; 6 & FTI"),
        ("@ann", "@&#8203;ann"),
        (Markdown("**b**"), "**b**"),
    ],
)
def test_a_text_is_escaped_no_more_than_it_must_be(text: object, shown: str) -> None:
    assert escaped(text) == shown


def test_what_is_formatted_joined_or_added_into_markdown_is_escaped_once() -> None:
    bold = Markdown("**{}**").format("a*b")
    assert bold == r"**a\*b**"
    assert Markdown("{}, {}").format(bold, "*") == r"**a\*b**, \*"
    assert Markdown(" ").join([bold, "*"]) == r"**a\*b** \*"
    assert bold + "*" == r"**a\*b**\*"
    assert cells(["a|b", code("c")]) == r"a\|b | `c`"


@pytest.mark.parametrize("name", TEXTS)
def test_a_table_has_the_cells_that_it_is_given(name: str) -> None:
    text = TEXTS[name]
    page = rendered(table(["head", text], [[text, code(text)], ["b", text]]))
    assert (page.tags.count("tr"), page.tags.count("th"), page.tags.count("td")) == (3, 2, 4)
    assert set(page.tags) <= OURS


@pytest.mark.parametrize("name", TEXTS)
def test_a_block_shows_every_line_as_it_is(name: str) -> None:
    page = rendered(f"Before\n\n{quoted('said: ' + TEXTS[name])}\n\nAfter")
    assert page.tags == ["p", "pre", "code", "p"]
    assert page.text == squeezed(f"Before said: {visible(TEXTS[name], keep=chr(10))} After")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://example.org/a_b?c=d&e#f", "https://example.org/a_b?c=d&e#f"),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)//https://example.org", ""),
        ("data:text/html,x", ""),
        ("https://example.org/><img src=x>", ""),
        ("https://example.org/ x", ""),
        ("https://example.org/a|b", ""),
    ],
)
def test_only_an_address_of_the_web_is_a_link(text: str, link: str) -> None:
    page = rendered(table(["a"], [[address(text)]]))
    assert [value for name, value in page.attributes if name == "href"] == [link] * bool(link)
    assert page.text == f"a {text}"
