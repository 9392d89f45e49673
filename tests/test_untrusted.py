"""YAML of anybody is a mapping that can be walked through, or is refused."""

import pytest

from assay.untrusted import mapping
from hostile_yaml import BOMB, WITHIN_ITSELF


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "more values than letters"),
        (BOMB.encode(), "more values than letters"),
        (WITHIN_ITSELF, "more values than letters"),
        ("a: " + "[" * 60 + "]" * 60, "within more than 50 others"),
        ("- 1\n", "not a mapping"),
        ("a: [", r"\w"),
    ],
)
def test_what_nobody_can_walk_through_is_refused(text: str | bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        mapping(text)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["a: &x {b: 1}\nc: *x\nd: *x\n", "a:\n" + "- 1\n" * 20_000, "{}"])
def test_aliases_and_many_values_are_taken(text: str) -> None:
    assert isinstance(mapping(text), dict)
