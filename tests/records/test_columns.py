"""Columns of the user keep out of the way of Assay's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.records.columns import CODE, DATE, OWN_SUFFIX, RECORD_ID, RULE, WEIGHT, stored, unstored

TAKEN = [RECORD_ID, DATE, CODE, WEIGHT, RULE]
CALLED_ALIKE = st.builds(lambda name, n: name + n * OWN_SUFFIX, st.sampled_from(TAKEN), st.integers(0, 3))
NAMES = st.one_of(st.text(max_size=8), CALLED_ALIKE)


@given(st.lists(NAMES, unique=True))
def test_no_two_names_become_one_and_none_is_that_of_a_column_of_assay(names: list[str]) -> None:
    found = list(map(stored, names))
    assert len(set(found)) == len(names)
    assert not set(found) & set(TAKEN)
    assert list(map(unstored, found)) == names


@pytest.mark.parametrize("name", ["age", "Code", "codes", "date ", "", "x (own)"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert stored(name) == unstored(name) == name
