"""Writes rows of scores as lines of a CSV or of JSON Lines, all of a batch at once."""

import json
from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
from pyarrow import compute

from assay.files import FIGURES_KEPT
from assay.scoring.rows import COLUMNS

NEEDS_QUOTES = '[",\r\n]'
NEEDS_ESCAPES = r'[\x00-\x1f"\\]'
Write = Callable[[pa.Array], pa.Array]


def csv_header() -> bytes:
    """The first line of a CSV."""
    return (",".join(COLUMNS.names) + "\n").encode()


def csv_lines(rows: pa.RecordBatch) -> bytes:
    """A line for each row: a score with six decimals, `alert` true or false, nothing where there is no value."""
    cells = [_cell(column, _quoted, "") for column in rows.columns]
    between = [",", *[","] * (len(cells) - 2), "\n"]
    return _joined([part for pair in zip(cells, between, strict=True) for part in pair])


def json_lines(rows: pa.RecordBatch) -> bytes:
    """An object for each row: null where there is no value, "" for no text."""
    cells = [_cell(column, _as_json, "null") for column in rows.columns]
    names = [f"{', ' if place else '{'}{json.dumps(name)}: " for place, name in enumerate(COLUMNS.names)]
    return _joined([*(part for pair in zip(names, cells, strict=True) for part in pair), "}\n"])


def _cell(column: pa.Array, written: Write, missing: str) -> pa.Array:
    if pa.types.is_floating(column.type):
        return compute.fill_null(_decimals(column), missing)
    if pa.types.is_boolean(column.type):
        return compute.fill_null(column.cast(pa.large_string()), missing)
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, written(column.dictionary)).cast(pa.large_string())
    return written(column)


def _decimals(scores: pa.Array) -> pa.Array:
    """Scores, 0 to 1, with all their decimals; null stays null."""
    whole = compute.round(compute.multiply(scores, 10.0**FIGURES_KEPT)).cast(pa.int64()).cast(pa.large_string())
    digits = compute.utf8_lpad(whole, FIGURES_KEPT + 1, "0")
    before = compute.utf8_slice_codeunits(digits, 0, 1)
    return _beside(before, ".", compute.utf8_slice_codeunits(digits, 1))


def _quoted(texts: pa.Array) -> pa.Array:
    return _each(texts, NEEDS_QUOTES, lambda text: '"' + text.replace('"', '""') + '"', texts)


def _as_json(texts: pa.Array) -> pa.Array:
    plain = _beside('"', texts, '"')
    return _each(texts, NEEDS_ESCAPES, partial(json.dumps, ensure_ascii=False), plain)


def _each(texts: pa.Array, odd: str, write: Callable[[str], str], others: pa.Array) -> pa.Array:
    """Texts that match `odd` as `write` writes them, all others as they are in `others`."""
    found = compute.match_substring_regex(texts, odd)
    if not compute.any(found).as_py():
        return others
    written = pa.array([write(text) for text in texts.filter(found).to_pylist()], pa.large_string())
    return compute.replace_with_mask(others, found, written)


def _joined(parts: list[pa.Array | str]) -> bytes:
    """Arrays and constants side by side, row by row, as the bytes of one text."""
    lines = _beside(*parts)
    first, last = np.frombuffer(lines.buffers()[1], "int64")[[lines.offset, lines.offset + len(lines)]]
    return lines.buffers()[2].to_pybytes()[first:last]


def _beside(*parts: pa.Array | str) -> pa.Array:
    """Texts joined row by row; a constant stands in every row."""
    same = [pa.scalar(one, pa.large_string()) if isinstance(one, str) else one for one in parts]
    return compute.binary_join_element_wise(*same, pa.scalar("", pa.large_string()))
