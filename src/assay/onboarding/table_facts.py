"""The facts of a table that nobody has described yet: its cells, guesses of its columns, its outcome."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from assay.config.dataset import CATEGORY, FEATURE, ID, PERSONAL
from assay.errors import AssayError
from assay.onboarding.event_outcome import event_outcome
from assay.onboarding.follow_up import FOLLOW_UP, times
from assay.onboarding.guess import (
    ERRORS,
    MARKERS,
    Guess,
    guess,
    is_unique,
    markers,
    none_as_class,
    stored_as,
)
from assay.onboarding.numbers import has_decimal_comma
from assay.onboarding.outcome import Answer, Outcome, outcome
from assay.onboarding.references import require_classes_without_reference, require_no_reference
from assay.onboarding.separation import LEAKING, separation
from assay.onboarding.spelling import listed
from assay.records.feature_table import with_columns
from assay.records.writing import texts as texts_of

TARGET_NAMES = ("target", "label", "class", "outcome", "diagnosis", "result", "y")


@dataclass(frozen=True)
class TableFacts:
    """A table as it shows itself.

    texts: its cells, "" for no value. guesses: of each column but those that tell the outcome. missing: the texts that
    mean no value; no_value: how often each is there, in words.
    """

    texts: pd.DataFrame
    guesses: dict[str, Guess]
    outcome: Outcome
    missing: list[str]
    no_value: list[str]


def facts_of(table: pd.DataFrame, target: str | None, answer: Answer) -> TableFacts:
    """Look at a table as `assay.records.reading` reads it; AssayError if its target is not clear or is no class.

    answer: who is positive, as far as a person has said it.
    """
    raw = pd.DataFrame({str(column): texts_of(values) for column, values in table.items()})
    kinds = {str(column): stored_as(values) for column, values in table.items()}
    whole = [] if answer.event else [chosen_target(raw, target)]  # its markers may be classes
    require_no_reference(whole)
    require_classes_without_reference([raw[name] for name in whole])
    missing = _missing(raw, whole)
    texts = (
        with_columns(raw.mask(raw.isin(missing), ""), {name: raw[name] for name in whole}) if missing != [""] else raw
    )
    guesses = guessed(texts.drop(columns=whole), kinds, missing)
    follow_up = times(raw.drop(columns=whole))
    for column, one in guesses.items():
        none_as_class(raw[column], one, missing)
        one.remarks += [FOLLOW_UP] * (column in follow_up)
    if answer.event:
        found = event_outcome(texts, answer.event, guesses, missing)
    else:
        found = outcome(raw[whole[0]], [*MARKERS, *ERRORS, *missing], answer, follow_up)
    others = {name: one for name, one in guesses.items() if name not in found.columns}
    suspect_leaks(others, texts[found.labelled], found.codes.isin(found.likely))
    require_no_reference([column for column, one in others.items() if one.role in (ID, PERSONAL)])
    return TableFacts(texts, others, found, missing, _no_value(raw, guesses, missing))


def _missing(raw: pd.DataFrame, whole: Sequence[str]) -> list[str]:
    """The texts that mean no value: of the target those alone that are blank."""
    blank = [value for name in whole for value in raw[name].unique() if not value.strip()]
    return sorted({*markers(raw.drop(columns=[*whole])), *blank})


def guessed(texts: pd.DataFrame, kinds: Mapping[str, str | None], missing: Sequence[str]) -> dict[str, Guess]:
    """The guess for each column; kinds: as it is stored. One decimal comma makes a comma that of all columns."""
    comma = any(has_decimal_comma(column) for _, column in texts.items())
    return {
        str(name): guess(str(name), column, kinds[str(name)], missing, decimal_comma=comma)
        for name, column in texts.items()
    }


def chosen_target(raw: pd.DataFrame, target: str | None) -> str:
    """The target as asked, or by the name it has by custom; AssayError if it is not there or not clear."""
    if target is not None:
        if target not in raw:
            raise AssayError(
                f"no column {target!r}", where="--target", todo=f"choose among: {', '.join(map(str, raw))}"
            )
        return target
    found = [str(column) for column in raw if str(column).lower() in TARGET_NAMES]
    if len(found) != 1:
        why = f"it may be: {', '.join(found)}" if found else f"none is called {', '.join(TARGET_NAMES)}"
        raise AssayError(f"which column is the target? {why}", where="the table", todo="name it: --target COLUMN")
    return found[0]


def suspect_leaks(guesses: dict[str, Guess], texts: pd.DataFrame, positive: "pd.Series[bool]") -> None:
    """Remark on every feature that alone predicts the positive class almost perfectly; texts: of labelled records."""
    there = positive[texts.index]
    for name, one in guesses.items():
        area = separation(texts[name], there, one.entry["type"], one.values) if one.role == FEATURE else 0.5
        if area >= LEAKING:
            one.remarks.append(
                f"predicts the target alone (area under the ROC curve {area:.3f}): a leak? If so, set that role"
            )


def repeats(texts: pd.DataFrame, guesses: dict[str, Guess]) -> int:
    """How many records agree with an earlier one in everything but what numbers them."""
    numbers = [column for column, one in guesses.items() if one.role == ID and is_unique(texts[column])]
    return int(texts.drop(columns=numbers).duplicated().sum())


def _no_value(raw: pd.DataFrame, guesses: Mapping[str, Guess], missing: Sequence[str]) -> list[str]:
    """How often each marker is there, and means no value in its column."""
    counts: Counter[str] = Counter()
    for name, one in guesses.items():
        known = {*missing} & {*one.entry.get("missing", missing)} if one.entry["type"] == CATEGORY else missing
        if marked := {*known} - {""}:
            counts.update(map(str, raw[name][raw[name].isin(marked)]))
    return [f"no value: {listed(counts)}"] if counts else []
