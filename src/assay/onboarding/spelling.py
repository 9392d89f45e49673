"""Values as they are counted and named to a person."""

from collections import Counter
from typing import TYPE_CHECKING

from assay.text import visible

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5


def listed(counts: "pd.Series[int] | Counter[str]", most: int = SHOWN) -> str:
    """The first values, each with its count, and how many more there are."""
    pairs = [(str(value), int(count)) for value, count in counts.items()]
    more = f" and {len(pairs) - most} more" if len(pairs) > most else ""
    return ", ".join(f"{visible(text)} {count}" for text, count in pairs[:most]) + more
