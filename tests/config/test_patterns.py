"""A pattern on which a text could keep the program busy is refused; what people write is not."""

import pytest

from assay.config.patterns import LONGEST, groups, pattern_fault, whole

GOOD = [
    "",
    r"\d{9}",
    r"-|[A-T]+(\|[A-T]+)?",
    r"(.*)",
    r".*foo.*",
    r"[A-Z]+(-[A-Z]+)*",
    r"([A-Z]++-?)*",
    r"(?>a+)*b",
    r"(\d{1,3}\.){3}\d{1,3}",
    r"[A-Z]\d{2}(\.\d{1,2})?",
    r"(19|20)\d{2}-?\d{2}",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r"[^\s@]+@([a-z0-9-]+\.)+[a-z]{2,}",
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?",
    r"(a(?=b)b)*",
    r"(\w)-\1",
]
ENDLESS = [
    r"(a+)+",
    r"(a*)*",
    r"(\w+\s?)+",
    r"(a|aa)+",
    r"(?:a|b|ab)+",
    r"(\d\d?)*",
    r"(x+x+)+y",
    r"(a{1,100}){1,100}",
    r"(.*,){11}",
    r"(a?){30}a{30}",
    "a?" * 30 + "a" * 30,
    ".*" * 8 + "x",
    r"(?i:ab|A)+",
    r"(\d+)+x|\d{9}",
]


@pytest.mark.parametrize("pattern", GOOD)
def test_what_goes_on_in_one_way_is_a_pattern(pattern: str) -> None:
    assert pattern_fault(pattern) is None


@pytest.mark.parametrize("pattern", ENDLESS)
def test_what_can_take_a_text_in_ever_more_ways_is_refused(pattern: str) -> None:
    assert str(pattern_fault(pattern)).startswith("can take the same text in ever more ways")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("((((", "is no regular expression"),
        ("a{99999999999}", "is no regular expression"),
        ("(?i)a", r"is no regular expression (write (?i:...) for flags)"),
        ("(" * 5000 + ")" * 5000, "is too deeply nested"),
    ],
)
def test_what_cannot_be_compiled_is_refused(pattern: str, said: str) -> None:
    assert pattern_fault(pattern) == said


def test_a_pattern_is_matched_with_a_whole_text_that_is_not_too_long() -> None:
    match = whole("a|b+")
    assert [bool(match(text)) for text in ("a", "bb", "ab", "a\n", "")] == [True, True, False, False, False]
    assert [bool(match("b" * length)) for length in (LONGEST, LONGEST + 1)] == [True, False]
    assert groups(r"(\d)(?:x)") == 1
