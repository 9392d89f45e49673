"""Computes the intervals that are not kept yet, for a board, which starts it: python -m assay.board.computing

Part by part, each kept as soon as it is known, so that a page shows some early; and behind all other work.
"""

import os
from collections.abc import Iterable

from assay.overview import columns
from assay.overview.intervals import with_intervals
from assay.overview.overview import overview
from assay.overview.rows import Row
from assay.sweep.log import DONE

PART, NICE = 40, 10  # rows at a time; how far other processes come first (nice(1))


def lacking(rows: Iterable[Row]) -> list[Row]:
    """The rows that have figures, and no interval of any."""
    return [row for row in rows if row.state == DONE and row.figures.values and not row.figures.intervals]


def main() -> None:
    """Compute what is lacking; end early if the board has ended."""
    board = os.getppid()
    os.nice(NICE)
    rows = lacking(with_intervals(overview(), columns.figures(), compute=False))
    for start in range(0, len(rows), PART):
        if os.getppid() != board:
            return
        with_intervals(rows[start : start + PART], columns.figures())


if __name__ == "__main__":
    main()
