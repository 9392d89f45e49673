"""Two ledgers of decisions in one: main's lines first."""

import pytest

from assay.merging.decisions import arranged

HEAD = b"record_id,decision\n"


@pytest.mark.parametrize(
    ("first", "merged", "expected"),
    [
        (b"", HEAD + b"1,F\n", HEAD + b"1,F\n"),
        (HEAD + b"1,F\n3,F\n", HEAD + b"1,F\n2,F\n3,F\n", HEAD + b"1,F\n3,F\n2,F\n"),
        (HEAD + b"1,F\n", HEAD + b"2,F\n1,F\n2,F\n", HEAD + b"1,F\n2,F\n"),
        # A line of main is missing: not for us to mend.
        (HEAD + b"1,F\n", HEAD + b"2,F\n1,A\n", HEAD + b"2,F\n1,A\n"),
    ],
    ids=["main has none", "main's first", "a decision that both took", "main's line was edited"],
)
def test_mains_lines_come_first_and_none_is_lost(first: bytes, merged: bytes, expected: bytes) -> None:
    assert arranged(first, merged) == expected
