"""Stops at what looks like a table and is none: no header, the header again, totals, lines without any value."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from assay.errors import AssayError, sample
from assay.onboarding.guess import ERRORS, MARKERS, NUMBER_MARKERS
from assay.records.dialect import SPACES
from assay.text import visible

TOTALS = {"total", "totals", "sum", "subtotal", "grand total", "mean", "average", "summe", "gesamt", "totaal", "somme"}
DITTO = {'"', "''", "〃", "″", '-"-', "do.", "dto."}
FEWEST = 5  # records, of which a sum is no chance
LONGEST_NAME = 500  # letters of a name
TYPOGRAPHIC = re.compile(r"[“”„«»‘’‚].*[“”«»‘’]", re.DOTALL)  # quotation marks of a text, and none of a CSV
MOST_NOTES = 3  # lines at the end that are looked at
NOTE = re.compile(
    r"[#*†].*|(sources?|notes?|footnotes?|remarks?|legend|quelle|fuente|anmerkung|generated|exported|printed|created|page|"
    r"copyright|n ?=|eof|end of)\b.*|\(?\d+ (rows?|records?)\)?.*",
    re.IGNORECASE | re.DOTALL,
)
NO_VALUE = {*MARKERS, *ERRORS, *NUMBER_MARKERS}
LIKE_A_NUMBER = re.compile(r"[<>≤≥$€£+-]*\s*[.,]?\d")
SHOWN = 40
MEND = "correct the table, and call the command again"


def require_table(raw: pd.DataFrame, where: str, first: int) -> None:
    """AssayError for what is no record of a table of texts; first: the number of the line of the first record."""
    for what, rows, todo in (*_header_faults(raw), *_row_faults(raw)):
        places = sample([f"line {row + first}" for row in rows])
        raise AssayError(f"{what}{': ' if places else ''}{places}", where=where, todo=f"{todo}; {MEND}")


def require_names(raw: pd.DataFrame, where: str) -> None:
    """AssayError for names that no configuration can hold."""
    if long := [str(name)[:SHOWN] for name in raw.columns if len(visible(name)) > LONGEST_NAME]:
        what = f"a name of more than {LONGEST_NAME} letters: {sample(long)} …"
        raise AssayError(what, where=where, todo="give the column a shorter name")


def _header_faults(raw: pd.DataFrame) -> Iterator[tuple[str, list[int], str]]:
    if all(TYPOGRAPHIC.fullmatch(str(name)) for name in raw.columns):
        what = f"cells stand between marks that a CSV takes for a part of them ({sample(list(raw.columns), 2)})"
        yield what, [], 'write " in place of them'
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
    if _is_called_total(cells) or _sums_up(cells):
        yield "a line of totals", [len(cells) - 1], "take it out"
    if _is_second_header(cells):
        said = sample([str(cell) for cell in cells[0] if cell])
        yield (
            f"a second header, or units, below the header ({said})",
            [0],
            "leave one line of names; units belong into the contract",
        )
    if notes := _notes(cells):
        yield (
            f"a note among the records ({sample([str(cells[row][cells[row] != ''][0]) for row in notes])})",
            notes,
            "take it out",
        )
    ditto = np.flatnonzero(raw.isin(DITTO).any(axis=1))
    if len(ditto):
        yield f"{len(ditto)} record(s) with a ditto mark", ditto.tolist(), "write the value that it repeats"


def _is_called_total(cells: np.ndarray) -> bool:
    last = [str(cell).strip(SPACES).rstrip(":").lower() for cell in cells[-1]] if len(cells) else []
    return next((cell for cell in last if cell), "") in TOTALS and "" in last


def _sums_up(cells: np.ndarray) -> bool:
    """Whether the last record has empty cells, and the sum or mean of each column of numbers that it has a cell of."""
    if len(cells) < FEWEST or "" not in cells[-1]:
        return False
    last = [(place, _number(str(cell))) for place, cell in enumerate(cells[-1]) if cell]
    of_numbers = [(value, pd.to_numeric(cells[:-1, place], errors="coerce")) for place, value in last if value]
    sums = [
        bool(np.isclose(value, [np.nansum(above), np.nanmean(above)]).any())
        for value, above in of_numbers
        if not np.isnan(above).all()
    ]
    return len(sums) > 1 and all(sums)


def _is_second_header(cells: np.ndarray) -> bool:
    """Whether the first record has texts, or nothing, in all columns whose other values are numbers."""
    first = [str(cell) for cell in cells[0]]
    texts = [place for place, cell in enumerate(first) if cell and cell not in NO_VALUE]
    if len(cells) < 2 or any(LIKE_A_NUMBER.match(first[place]) for place in texts):
        return False
    return sum(_all_numbers(pd.Series(cells[1:, place])) for place in texts) > 1


def _notes(cells: np.ndarray) -> list[int]:
    """The records with one value that is a comment; and the last ones with nothing but a text in their first cell."""
    filled = (cells != "").sum(axis=1)
    if cells.shape[1] < 3:
        return []
    alone = np.flatnonzero(filled == 1)
    said = [int(row) for row in alone if NOTE.fullmatch(str(cells[row][cells[row] != ""][0]).strip(SPACES))]
    last = [row for row in range(len(cells) - MOST_NOTES, len(cells)) if row >= 0]
    end = [row for row in last if filled[row] == 1 and cells[row, 0] != "" and _number(cells[row, 0]) is None]
    return sorted({*said, *(end if {*alone.tolist()} <= {*said, *end} else [])})


def _all_numbers(there: "pd.Series[str]") -> bool:
    return len(there) > 0 and bool(pd.to_numeric(there, errors="coerce").notna().all())


def _number(text: str) -> float | None:
    try:
        return float(text) if np.isfinite(float(text)) else None
    except ValueError:
        return None
