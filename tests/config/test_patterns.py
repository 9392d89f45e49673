"""The patterns of a contract."""

import pyarrow as pa
import pytest

from assay.config.patterns import first_group, fits, group_fault, pattern_fault


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        (r"\d{9}", ["840801013"], ["84080101", "840801013\n", " 840801013", "٨٤٠٨٠١٠١٣", ""]),
        (r"-|[A-T]+(\|[A-T]+)?", ["-", "A", "AB|C"], ["", "A|", "-A", "U"]),
        (r"", [""], ["a"]),
        (r"(?i:ab)", ["ab", "AB"], ["abc"]),
        (r"\pL+", ["é", "a"], ["1"]),
        (r"(a+)+", ["a" * 5000], ["a" * 5000 + "!"]),  # years, to Python's own
        (r"(\w+\s?)+", ["a b c"], ["a" * 5000 + "!"]),
    ],
)
def test_a_text_fits_as_a_whole(pattern: str, fitting: list[str], others: list[str]) -> None:
    assert pattern_fault(pattern) is None
    found = fits(pa.array([*fitting, *others, None], pa.large_string()), pattern)
    assert found.tolist() == [True] * len(fitting) + [False] * (len(others) + 1)


@pytest.mark.parametrize(
    "pattern", ["((((", "a)|(b", "a)(b", "(?=a)b", r"(a)\1", "a++", "a{1001}", "((a{1000}){1000}){1000}"]
)
def test_what_is_none_or_could_take_for_ever_is_refused(pattern: str) -> None:
    assert str(pattern_fault(pattern)).startswith("is no regular expression of RE2: ")
    assert str(group_fault(pattern)).startswith("is no regular expression of RE2: ")


def test_the_first_group_is_taken() -> None:
    texts = pa.array(["840801013", "84080101", "", None], pa.large_string())
    assert first_group(texts, r"(\d{6})(\d{3})").to_pylist() == ["840801", None, None, None]
    assert group_fault(r"(\d{6})\d{3}") is None
    assert group_fault(r"\d{6}") == "has no (group) that says what it takes"
