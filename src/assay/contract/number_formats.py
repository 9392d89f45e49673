"""Reads numbers that are not written like -1234.5, as their column declares it."""

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import compute

if TYPE_CHECKING:
    from assay.config.dataset import Written

SPACE = "[ \u00a0\u202f]"  # people use any of them between thousands
SIGNS = {"<": -1.0, "≤": -1.0, ">": 1.0, "≥": 1.0}


class WrittenNumbers:
    """Makes plain numbers of texts that are written in the declared way; of any other text it makes a missing one.

    >>> from assay.config.dataset import Written
    >>> read = WrittenNumbers(Written(decimal=",", thousands=".", after="mg", limits=True))
    >>> plain, limits = read(pa.array(["1.234,5 mg", "<0,6", "0.6", "12.34"], pa.large_string()))
    >>> plain.to_pylist(), limits.tolist()
    (['1234.5', '0.6', None, None], [0.0, -1.0, 0.0, 0.0])
    """

    def __init__(self, written: "Written") -> None:
        self.written = written
        self.pattern = pattern(written)

    def __call__(self, texts: pa.Array) -> tuple[pa.Array, np.ndarray]:
        """The numbers as texts, and for each whether it is a bound: -1 from below, 1 from above, 0 if it is none."""
        found = compute.extract_regex(texts, self.pattern)
        digits = found.field("digits")
        if self.written.thousands:
            digits = compute.replace_substring_regex(digits, _mark(self.written.thousands), "")
        if self.written.decimal != ".":
            digits = compute.replace_substring(digits, self.written.decimal, ".")
        nothing = pa.scalar("", texts.type)
        plain = compute.binary_join_element_wise(found.field("sign"), found.field("inner"), digits, nothing)
        valid = compute.and_kleene(found.is_valid(), compute.not_equal(digits, ""))
        return compute.if_else(valid, plain, pa.scalar(None, texts.type)), self._limits(found, len(texts))

    def _limits(self, found: pa.StructArray, rows: int) -> np.ndarray:
        if not self.written.limits:
            return np.zeros(rows)
        first = compute.utf8_slice_codeunits(found.field("limit"), 0, 1).to_pylist()
        return np.array([SIGNS.get(one or "", 0.0) for one in first])


def pattern(written: "Written") -> str:
    """The regular expression (RE2) of a number that is written so; its groups: limit, sign, inner (sign), digits."""
    point = re.escape(written.decimal)
    grouped = f"\\d{{1,3}}(?:{_mark(written.thousands)}\\d{{3}})+|" if written.thousands else ""
    limit = "[<>]=?|[≤≥]|" if written.limits else ""
    before, after = (f"(?:{re.escape(one)})?" if one else "" for one in (written.before, written.after))
    space = r"[\s\x{a0}\x{202f}]*"
    digits = f"(?:{grouped}\\d*)(?:{point}\\d*)?(?:[eE][+-]?\\d+)?"
    return (
        f"^{space}(?P<limit>{limit}){space}(?P<sign>[+-]?){space}{before}{space}"
        f"(?P<inner>[+-]?)(?P<digits>{digits}){space}{after}{space}$"
    )


def _mark(thousands: str) -> str:
    return SPACE if thousands == " " else re.escape(thousands)
