"""Which column identifies a record, and which says what records belong together and stay in one fold."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from assay.config.dataset import ID
from assay.config.questions import OPEN
from assay.errors import AssayError
from assay.onboarding.guess import Guess, is_unique
from assay.onboarding.spelling import listed
from assay.text import spelled, visible

FEWEST = 10  # groups, from which folds can be made of whole ones
REPEATS = "values repeat, as of one person or device: as group, split=group keeps its records in one fold"
WRITTEN_AS_FLOAT = r"\d+\.0"


@dataclass(frozen=True)
class Identity:
    """The key of a record and its group, as the contract names them: a column, or None. A group may be a question."""

    key: str | None
    group: str | None


def identity(texts: pd.DataFrame, guesses: Mapping[str, Guess], group: str | None) -> Identity:
    """Choose among the identifiers, and remark on what is odd in them.

    texts: the cells, "" for no value. group: as a person has said it. AssayError if that is no column.
    """
    ids = {name: texts[name][texts[name] != ""] for name, one in guesses.items() if one.role == ID}
    for name, there in ids.items():
        guesses[name].remarks += _doubts(texts[name], there)
    key = next((name for name in ids if is_unique(texts[name])), None)
    if group is not None:
        _require_column(group, guesses)
        return Identity(key, group)
    several = [name for name, there in ids.items() if _is_group(there)]
    return Identity(key, _question(ids, several) if len(several) > 1 else next(iter(several), None))


def _is_group(there: "pd.Series[str]") -> bool:
    return not there.is_unique and there.nunique() >= FEWEST


def _question(ids: "Mapping[str, pd.Series[str]]", several: list[str]) -> str:
    each = ", ".join(f"{visible(name)} ({ids[name].nunique()} values)" for name in several)
    ask = "write one, the one that holds the other if one does; if none, null, and random in conf/split/"
    return f"{OPEN}which column says what records belong together, and stay in one fold? {each}: {ask}"


def _doubts(text: "pd.Series[str]", there: "pd.Series[str]") -> list[str]:
    """Remarks on a column of identifiers; there: its values."""
    said = []
    if there.is_unique and len(there) < len(text):
        said.append(f"{len(text) - len(there)} records have none: else it would be the key")
    if _is_group(there):
        said.append(REPEATS)
    elif not there.is_unique:
        said.append(f"{there.nunique()} different values: too few for folds of whole groups, so it is none")
    if there.str.fullmatch(WRITTEN_AS_FLOAT).all():
        said.append("written like 1.0, as a program does that took them for numbers: are zeros or digits lost?")
    counts = there.value_counts()
    groups = [listed(part) for _, part in counts.groupby(_plain) if len(part) > 1]
    if groups:
        said.append(f"spelled in several ways, which count as different: {groups[0]}; {len(groups)} such in all")
    return said


def _plain(identifier: str) -> str:
    """An identifier without zeros before it: 007 as 7."""
    return spelled(identifier).lstrip("0")


def _require_column(name: str, guesses: Mapping[str, Guess]) -> None:
    if name not in guesses:
        raise AssayError(f"no column {name!r}", where="--group", todo=f"choose among: {', '.join(guesses)}")
