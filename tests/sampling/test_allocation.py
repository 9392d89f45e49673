"""Rows over strata."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import AssayError
from assay.sampling.allocation import allocate

Case = tuple[list[int], int, int, list[bool]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Sizes, a possible number of rows, a minimum, and which strata are taken whole."""
    sizes = draw(st.lists(st.one_of(st.integers(1, 20), st.integers(1, 10**12)), min_size=1, max_size=30))
    at_least = draw(st.integers(0, 5))
    whole = draw(st.lists(st.booleans(), min_size=len(sizes), max_size=len(sizes)))
    required = sum(size if all_of_it else min(size, at_least) for size, all_of_it in zip(sizes, whole, strict=True))
    return sizes, draw(st.integers(required, sum(sizes))), at_least, whole


@given(cases())
def test_it_sums_exactly_within_the_bounds(case: Case) -> None:
    sizes, rows, at_least, whole = case
    given_rows = allocate(sizes, rows, at_least=at_least, whole=whole)
    assert sum(given_rows) == rows
    for size, share, all_of_it in zip(sizes, given_rows, whole, strict=True):
        assert min(size, at_least) <= share <= size
        assert share == size or not all_of_it


@given(cases())
def test_a_larger_stratum_never_gives_fewer(case: Case) -> None:
    sizes, rows, at_least, whole = case
    shares = allocate(sizes, rows, at_least=at_least, whole=whole)
    free = sorted((size, share) for size, share, all_of_it in zip(sizes, shares, whole, strict=True) if not all_of_it)
    assert all(smaller[1] <= larger[1] for smaller, larger in pairwise(free) if smaller[0] < larger[0])


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.data())
def test_without_minimum_each_share_is_the_quota_rounded_up_or_down(sizes: list[int], data: st.DataObject) -> None:
    rows, total = data.draw(st.integers(0, sum(sizes))), sum(sizes)
    for size, share in zip(sizes, allocate(sizes, rows), strict=True):
        assert rows * size // total <= share <= -(-rows * size // total)


@pytest.mark.parametrize(
    ("sizes", "rows", "options", "shares"),
    [
        ([50, 30, 20], 10, {}, [5, 3, 2]),
        ([1, 1, 1], 2, {}, [1, 1, 0]),
        ([990, 10], 100, {"at_least": 5}, [95, 5]),
        ([990, 2], 100, {"at_least": 5}, [98, 2]),
        ([990, 10], 100, {"whole": [False, True]}, [90, 10]),
        ([7, 3], 10, {}, [7, 3]),
        ([5], 0, {}, [0]),
    ],
)
def test_small_cases(sizes: list[int], rows: int, options: dict, shares: list[int]) -> None:
    assert allocate(sizes, rows, **options) == shares


@pytest.mark.parametrize(
    ("rows", "options", "named"),
    [
        (101, {}, "101 rows are asked for, and there are 100"),
        (19, {"whole": [False, True]}, "are 20 already"),
        (5, {"at_least": 3}, "are 6 already"),
    ],
)
def test_what_cannot_be_given_is_refused_with_the_figures(rows: int, options: dict, named: str) -> None:
    with pytest.raises(AssayError, match=named):
        allocate([80, 20], rows, **options)
