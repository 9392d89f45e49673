"""What is shown of very many things."""

import pytest

from assay.presentation.truncation import MOST_ROWS, shown


@pytest.mark.parametrize(
    ("rows", "most", "kept", "rest"),
    [
        ([], 2, [], 0),
        ([1, 5], 2, [1, 5], 0),
        ([1, 5, 3], 2, [5, 3], 1),  # in their own order
        ([4, 4, 4, 9], 2, [4, 9], 2),  # of equal weight the first ones
    ],
)
def test_the_weightiest_are_shown_and_the_rest_counted(rows: list[int], most: int, kept: list[int], rest: int) -> None:
    assert shown(rows, lambda row: row, most) == (kept, rest)


def test_by_default_the_first_ones() -> None:
    assert shown(range(MOST_ROWS + 7)) == ([*range(MOST_ROWS)], 7)
