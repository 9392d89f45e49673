"""Stops at what looks like a table and is none: no header, the header again, totals, lines without any value."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from assay.errors import AssayError, sample
from assay.records.dialect import SPACES

TOTALS = {"total", "totals", "sum", "subtotal", "grand total", "mean", "average", "summe", "gesamt", "totaal", "somme"}
DITTO = {'"', "''", "〃", "″", '-"-', "do.", "dto."}
MEND = "correct the table, and call the command again"


def require_table(raw: pd.DataFrame, where: str, first: int) -> None:
    """AssayError for what is no record of a table of texts; first: the number of the line of the first record."""
    for what, rows, todo in (*_header_faults(raw), *_row_faults(raw)):
        places = sample([f"line {row + first}" for row in rows])
        raise AssayError(f"{what}{': ' if places else ''}{places}", where=where, todo=f"{todo}; {MEND}")


def _header_faults(raw: pd.DataFrame) -> Iterator[tuple[str, list[int], str]]:
    numeric = [str(name) for name in raw.columns if _number(str(name)) is not None]
    steps = np.diff([float(name) for name in numeric])
    counting = len(steps) > 0 and bool((steps == 1).all())  # years, or places
    if not numeric or counting:
        return
    measured = {str(name) for name, column in raw.items() if _all_numbers(column[column != ""])}
    if measured and measured <= {*numeric}:
        what = f"the names of the columns are numbers ({sample(numeric)}): is there no header?"
        yield what, [], "begin with a line of names"


def _row_faults(raw: pd.DataFrame) -> Iterator[tuple[str, list[int], str]]:
    cells = raw.to_numpy("object")
    again = np.flatnonzero((cells == np.array(raw.columns, "object")).all(axis=1))
    if len(again):
        yield "the header stands among the records", again.tolist(), "take it out there"
    blank = np.flatnonzero((cells == "").all(axis=1))
    if len(blank):
        yield f"{len(blank)} record(s) without any value", blank.tolist(), "take them out"
    last = [str(cell).strip(SPACES).rstrip(":").lower() for cell in cells[-1]] if len(cells) else []
    if next((cell for cell in last if cell), "") in TOTALS and sum(cell == "" for cell in last) > 0:
        yield "a line of totals", [len(cells) - 1], "take it out"
    ditto = np.flatnonzero(raw.isin(DITTO).any(axis=1))
    if len(ditto):
        yield f"{len(ditto)} record(s) with a ditto mark", ditto.tolist(), "write the value that it repeats"


def _all_numbers(there: "pd.Series[str]") -> bool:
    return len(there) > 0 and bool(pd.to_numeric(there, errors="coerce").notna().all())


def _number(text: str) -> float | None:
    try:
        return float(text) if np.isfinite(float(text)) else None
    except ValueError:
        return None
