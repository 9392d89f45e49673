"""The JSON Schema of a record, and an example of one, from the contract of a request."""

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assay.config.dataset import CATEGORY, CHECK, DAY, FLAG, NUMBER, QUARANTINE, STOP, TARGET
from assay.config.patterns import fits
from assay.preparation.request import required

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset

REFUSING = (STOP, QUARANTINE)  # what happens to a value outside its range, where the record then gets no score
DATE = "1986-01-31"
PYTHON_ONLY = re.compile(r"\(\?|\\[ACPQpz]|\[\[")  # parts of patterns that JavaScript reads differently, or not at all
LENGTHS = range(1, 33)  # of texts that are tried as an example
FACTS = "x-assay"
Schema = dict[str, Any]


def record_schema(contract: "Dataset", whole: "Dataset") -> Schema:
    """The form of a record, as far as JSON Schema can say it: rules on whole records and on dates come on top.

    contract: the contract of a request. whole: that of all records.
    """
    return {
        "type": "object",
        "properties": {name: column_schema(column) for name, column in contract.columns.items()},
        "required": [name for name, column in contract.columns.items() if required(column)],
        "additionalProperties": False,
        "examples": [example(contract, whole)],
    }


def column_schema(column: "Column") -> Schema:
    """A column: a number or true and false may also come as the text that a file would have.

    `FACTS` holds what JSON Schema has no word for, and the page shows.
    """
    said = {NUMBER: _number, FLAG: _flag, CATEGORY: _text, DAY: _day}.get(column.type, _text)(column)
    if not required(column):
        said["type"] = [*said["type"], "null"]
    if not required(column) and "enum" in said:
        said["enum"] = [*said["enum"], None]
    form = f"a date like {column.format}" if column.type == DAY else ""
    about = ", ".join(filter(None, (column.about, column.unit and f"in {column.unit}", form)))
    return said | ({"description": about} if about else {}) | {FACTS: facts(column)}


def facts(column: "Column") -> dict[str, Any]:
    """Type and role in the contract; about, unit and the usual range, if it says so."""
    told = {"about": column.about, "unit": column.unit, "reference": column.reference}
    return {"type": column.type, "role": column.role} | {name: value for name, value in told.items() if value}


def _number(column: "Column") -> Schema:
    bounds = column.range if column.range and column.otherwise in REFUSING else None
    return {"type": ["number", "string"]} | ({"minimum": bounds[0], "maximum": bounds[1]} if bounds else {})


def _flag(column: "Column") -> Schema:
    if column.values:
        return {"type": ["boolean", "string"], "enum": [True, False, *column.values]}
    return {"type": ["boolean", "string", "number"]}


def _text(column: "Column") -> Schema:
    if column.otherwise not in REFUSING:
        return {"type": ["string", "number", "boolean"]}
    if column.values:
        return {"type": ["string"], "enum": list(column.values)}
    pattern = (
        {"pattern": f"^(?:{column.pattern})$"} if column.pattern and not PYTHON_ONLY.search(column.pattern) else {}
    )
    return {"type": ["string", "number", "boolean"]} | pattern


def _day(column: "Column") -> Schema:
    return {"type": ["string"]}


def example(contract: "Dataset", whole: "Dataset") -> dict[str, Any]:
    """A record of good form, with a likely value wherever the contract says enough to find one."""
    wanted = [name for name, column in contract.columns.items() if column.role not in (CHECK, TARGET)]
    found = {name: _example(whole.columns[name]) for name in wanted}
    return {name: value for name, value in found.items() if value is not None or not required(contract.columns[name])}


def _example(column: "Column") -> Any:
    if column.type == NUMBER:
        return _between(column.reference or column.plausible or column.range or [1, 1])
    if column.type == FLAG:
        return False
    if column.type == DAY:
        return DATE if column.format == "%Y-%m-%d" else None
    if column.values:
        return column.values[0]
    return _matching(column.pattern)


def _between(bounds: "list[float]") -> float:
    return round(sum(bounds) / 2, 2)


def _matching(pattern: str | None) -> str | None:
    """A text that fits, of those that are easily thought of."""
    thought = [one * length for one in "1Aa-" for length in LENGTHS]
    fitting = fits(pa.array(thought), pattern or ".*")
    return next((text for text, fit in zip(thought, fitting, strict=True) if fit), None)
