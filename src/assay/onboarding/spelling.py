"""Values as they are counted and named to a person."""

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from assay.text import spelled, visible

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5
POINTS = " .,;:!?"


def listed(counts: "pd.Series[int] | Counter[str]", most: int = SHOWN) -> str:
    """The first values, each with its count, and how many more there are."""
    pairs = [(str(value), int(count)) for value, count in counts.items()]
    more = f" and {len(pairs) - most} more" if len(pairs) > most else ""
    return ", ".join(f"{visible(text)} {count}" for text, count in pairs[:most]) + more


def alike(text: str) -> str:
    """A text without what spellings often differ in: accents and a point at the end too.

    >>> alike("Málaga"), alike("MALAGA.")
    ('malaga', 'malaga')
    """
    letters = unicodedata.normalize("NFKD", spelled(text))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).strip(POINTS)
    return plain or letters
