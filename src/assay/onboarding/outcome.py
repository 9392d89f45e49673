"""Who counts as positive, who as negative, and who is left out, by the values of the target."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from assay.config.classes import half_named
from assay.config.dataset import CATEGORY, TARGET
from assay.config.questions import OPEN
from assay.errors import AssayError, sample
from assay.onboarding.class_words import by_words, doubt
from assay.onboarding.spelling import listed
from assay.text import spelled

MOST_CLASSES = 20


@dataclass(frozen=True)
class Answer:
    """The classes that a person has named: without `negative` all others are negative, with it they are left out."""

    positive: Sequence[str] = ()
    negative: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """The entry of the target in the contract, the classes of the policy, and lines that say who is who.

    An open question stands in `entry` or `positive`. likely: the records that would be positive as far as one can see.
    """

    entry: dict[str, Any]
    positive: list[str]
    ungradable: list[str]
    lines: list[str]
    likely: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether something is to be answered."""
        return any(one.startswith(OPEN) for one in [*self.positive, *self.entry.get("missing", [])])

    def labelled(self, target: "pd.Series[str]") -> "pd.Series[bool]":
        """Which records have a class."""
        return target.isin(self.entry["values"]) & ~target.isin(self.ungradable)


def outcome(target: "pd.Series[str]", markers: Sequence[str], answer: Answer, seen: Sequence[str] = ()) -> Outcome:
    """Divide the values of the target ("" where there is none) into classes; AssayError if they are none.

    markers: the values in the table that seem to mean no value. seen: columns that may say how long a record was seen.
    """
    counts = target[target.str.strip() != ""].value_counts().sort_index()
    unclear = [str(value) for value in counts.index if value in markers]
    classes = [str(value) for value in counts.index if value not in markers]
    _require_classes(target, classes, unclear)
    _require_there([*answer.positive, *answer.negative], counts, target)
    _require_every_spelling(answer, classes)
    if answer.positive:
        return _answered(counts, classes, unclear, answer, _without(target))
    positive = by_words(classes) if not unclear else None
    why = doubt(positive, counts, str(target.name), seen) if positive else ""
    likely = _rarest(counts, classes)
    among = f"One or more of: {listed(counts, MOST_CLASSES)}. For example: {likely}"
    asked = [f"{OPEN}who counts as positive? {why}{among}"]
    entry = _entry(classes, unclear, counts, _without(target))
    chosen = [positive] if positive and not why else asked
    return _outcome(counts, entry, chosen, [], _without(target), likely)


def _answered(counts: "pd.Series[int]", classes: list[str], unclear: list[str], answer: Answer, empty: int) -> Outcome:
    named = {*answer.positive, *answer.negative}
    real = [one for one in counts.index if one in classes or one in named]
    doubtful = [one for one in unclear if one not in named]
    left_out = [one for one in classes if one not in named] if answer.negative else []
    entry = _entry(real, doubtful, counts, empty)
    if answer.negative and doubtful:
        entry["missing"] = doubtful
    elif unclear and not doubtful:
        entry["missing"] = []
    return _outcome(counts, entry, list(answer.positive), left_out, empty, list(answer.positive))


def _entry(classes: Sequence[str], unclear: list[str], counts: "pd.Series[int]", empty: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": CATEGORY, "role": TARGET, "values": sorted(classes)}
    if empty or unclear:
        entry["nullable"] = True
    if unclear:
        said = listed(counts[unclear])
        known = "if nobody knows the outcome of these records, list it here, and they are left out"
        entry["missing"] = [f"{OPEN}{said}: {known}; if it is a class, write [] here, and add it to values"]
    return entry


def _outcome(
    counts: "pd.Series[int]",
    entry: dict[str, Any],
    positive: list[str],
    ungradable: list[str],
    empty: int,
    likely: list[str],
) -> Outcome:
    missing = entry.get("missing", [])
    asked = [one for one in [*positive, *missing] if one.startswith(OPEN)]
    chosen = [one for one in positive if one in counts.index]
    left_out = [one for one in [*ungradable, *missing] if one in counts.index]
    rest = [one for one in counts.index if one not in chosen and one not in left_out]
    total = int(counts.sum()) + empty
    if asked:
        command = f"or call init-dataset with the answer: --positive {_argument(likely or list(counts.index))}"
        head = "WHO COUNTS AS POSITIVE? Nothing runs until it is answered: write it in place of each ??? here"
        return Outcome(entry, positive, ungradable, [head, command, f"values: {listed(counts, MOST_CLASSES)}"], likely)
    lines = ["Who counts as positive? Check it: all figures depend on it."]
    share = f"{100 * counts[chosen].sum() / total:.1f} % of {total} records"
    lines += [f"positive: {listed(counts[chosen], MOST_CLASSES)} ({share})"]
    lines += [f"negative: {listed(counts[rest], MOST_CLASSES)}"]
    outside = [listed(counts[left_out]), f"{empty} without a value" * bool(empty)]
    lines += [f"left out: {', '.join(filter(None, outside)) or 'none'}"]
    return Outcome(entry, positive, ungradable, lines, chosen or likely)


def _rarest(counts: "pd.Series[int]", classes: Sequence[str]) -> list[str]:
    """The class with the fewest records, in each of its spellings."""
    by_word = counts[list(classes)].groupby(spelled).sum()
    rare = by_word.idxmin() if len(by_word) else None
    return [one for one in classes if spelled(one) == rare]


def _require_classes(target: "pd.Series[str]", classes: Sequence[str], unclear: Sequence[str]) -> None:
    found = len(classes) + len(unclear)
    if 2 <= found <= MOST_CLASSES:
        return
    numeric = found > MOST_CLASSES and pd.to_numeric(pd.Series(classes), errors="coerce").notna().all()
    empty = found == 1 and (target.str.strip() == "").any()
    threshold = "take another as --target, then write a threshold, as dataset.outcome: docs/tables.md"
    blank = "if no value means no, write it there" if empty else "divide it into classes"
    todo = threshold if numeric else blank
    raise AssayError(
        f"the target has {found} different values{', numbers' * bool(numeric)}: 2 to {MOST_CLASSES} classes are needed",
        where=f"column {target.name}",
        todo=f"{todo}, or name another: --target COLUMN",
    )


def _require_there(named: Sequence[str], counts: "pd.Series[int]", target: "pd.Series[str]") -> None:
    if unknown := [one for one in named if one not in counts.index]:
        what = f"no record has {', '.join(map(repr, unknown))} in column {target.name}"
        raise AssayError(what, where="--positive, --negative", todo=f"choose among: {listed(counts, MOST_CLASSES)}")


def _require_every_spelling(answer: Answer, classes: list[str]) -> None:
    if half := half_named(answer.positive, [one for one in classes if one not in answer.positive]):
        todo = f"name it too: --positive {_argument([*answer.positive, *half])}"
        raise AssayError(f"{sample(half)} is another spelling of a positive class", where="--positive", todo=todo)


def _without(target: "pd.Series[str]") -> int:
    return int((target.str.strip() == "").sum())


def _argument(classes: Sequence[str]) -> str:
    return " --positive ".join(repr(one) for one in classes)
