"""One path for a record: what the line makes of it, `prepare` and `features` make of it alone, in any company."""

from pathlib import Path

import pytest

from pipeline_copy import Copy
from record_path import by_itself, differences

ALL = 10_000  # more than there are


@pytest.mark.parametrize(
    ("rows", "size", "labelled"),
    [
        (slice(None), ALL, True),
        (slice(None), 1000, True),
        (slice(None), 1000, False),
        (slice(0, None, 40), 7, False),
        (slice(0, None, 150), 1, False),
    ],
    ids=["all at once", "by the thousand", "without labels", "by sevens", "one by one"],
)
def test_a_record_alone_has_the_features_that_the_line_gives_it(
    line: Copy, tmp_path: Path, rows: slice, size: int, labelled: bool
) -> None:
    table = by_itself(line.path, rows, size, labelled=labelled)
    assert differences(line.path, table, tmp_path) == []
    assert len(table) > 50
