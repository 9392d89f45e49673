"""From the JSON of a request to raw columns: each value as the text that people would write for it in a file."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
from pydantic_core import from_json

from assay.bundle.strict_json import distinct
from assay.config.dataset import FLAG
from assay.contract.values import Raw
from assay.preparation.request import optional
from assay.records.writing import number_text
from assay.scoring.scorer import CONTRACT, Fault

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset

LARGEST = 1000  # bits of a whole number: any larger one is infinite
UNKNOWN, PLAIN = "known_columns", "plain_values"  # rules on the form of a request


class NotJsonError(ValueError):
    """A body that is not JSON."""


def parsed(body: bytes) -> Any:
    """The content of a body; NotJsonError if it is not JSON (NaN and infinity are none), or too deep.

    A key that stands twice in an object is refused too.
    """
    try:
        content = from_json(body, allow_inf_nan=False, cache_strings="keys")
        if body.count(b":") > _keys(content):  # more colons than keys: in a text, in an inner object, or of a key again
            json.loads(body, object_pairs_hook=distinct)
    except ValueError as error:
        raise NotJsonError("the body is not JSON, or has a key twice in an object") from error
    return content


def _keys(content: Any) -> int:
    """The number of keys of an object, or of all objects in a list."""
    objects = content if isinstance(content, list) else [content]
    return sum(len(one) for one in objects if isinstance(one, dict))


class Form:
    """The form of a request's records, before their values are judged by the contract.

    A record is an object of columns. One that is not there has no value, which the contract then judges.

    contract: the contract of a request. unread: further columns that a record may have, and nobody looks at.
    """

    def __init__(self, contract: "Dataset", unread: Collection[str]) -> None:
        self.columns = contract.columns
        self.optional = [name for name, column in contract.columns.items() if optional(column)]
        self.known = {*self.columns, *unread}
        self.yes_and_no = {name: _words(one) for name, one in self.columns.items()}

    def faults(self, record: Mapping[str, Any]) -> list[Fault]:
        """The faults in the form of a record: unknown columns, values that are none."""
        if not record.keys() <= self.known:
            names = tuple(sorted(record.keys() - self.known))
            return [Fault(CONTRACT, "not a column of the contract", UNKNOWN, names)]
        odd = tuple(name for name, value in record.items() if isinstance(value, dict | list))
        return [Fault(CONTRACT, "not a text, a number, true, false or null", PLAIN, odd)] if odd else []

    def raw(self, records: Sequence[Mapping[str, Any]]) -> Raw:
        """The raw columns of well-formed records, with the index 0, 1, ..."""
        given = any(one.get(name) is not None for one in records for name in self.optional)
        names = [name for name in self.columns if given or name not in self.optional]
        cells = [self._text(name, one.get(name)) for name in names for one in records]
        together, rows = pa.array(cells, pa.large_string()), len(records)
        parts = (together.slice(place * rows, rows) for place in range(len(names)))
        return Raw(dict(zip(names, parts, strict=True)), pd.RangeIndex(rows))

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.yes_and_no[name][not value]
        if isinstance(value, int):
            return str(value) if value.bit_length() <= LARGEST else "inf"
        return number_text(value)


def _words(column: "Column") -> Sequence[str]:
    """How the column writes true and false."""
    return column.values if column.type == FLAG and column.values else ("true", "false")
