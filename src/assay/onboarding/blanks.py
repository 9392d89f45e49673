"""Empty cells that seem to stand for the value above them."""

from typing import TYPE_CHECKING

from assay.config.questions import OPEN

if TYPE_CHECKING:
    import pandas as pd

MERGED, FEW_VALUES = 0.4, 5  # share of empty cells, and values, from which cells may have been merged
CHANCE = 0.01  # that no value follows itself, if values are missing at random


def merged_cells(text: "pd.Series[str]", there: "pd.Series[str]", *, certain: bool) -> str | None:
    """A question, where a value seems to stand for the empty cells below it, as a spreadsheet writes merged cells.

    So it is if no value follows itself, and that is no chance. there: the cells that are not empty. certain: it is none
    if values are missing at all, as those of identifiers are not.
    """
    empty = len(text) - len(there)
    if empty < MERGED * len(text):
        return None
    if len(there) < FEW_VALUES or text.iloc[0] == "" or (there == there.shift()).any():
        return None
    differ = 1 - float((there.value_counts(normalize=True) ** 2).sum())
    if not certain and differ ** (len(there) - 1) > CHANCE:
        return None
    said = f"{empty} cells are empty below a value, as where cells were merged"
    return f"{OPEN}{said}: fill them in the table; if they mean no value, write ['']"
