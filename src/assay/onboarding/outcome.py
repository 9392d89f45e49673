"""Who counts as positive, who as negative, and who is left out, by the values of the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from assay.config.classes import half_named
from assay.config.dataset import CATEGORY, TARGET
from assay.config.grammar import quoted
from assay.config.outcome import Outcome as Event
from assay.config.questions import OPEN
from assay.errors import AssayError, sample
from assay.onboarding.class_words import by_words, doubt
from assay.onboarding.spelling import listed
from assay.text import spelled

MOST_CLASSES = 20
FOLDS = 3  # train, validation, test
CHECK_IT = "Who counts as positive? Check it: all figures depend on it."


@dataclass(frozen=True)
class Answer:
    """A person's answers: who is positive, and which records belong together.

    The classes of the target: without `negative` all others are negative, with it they are left out. Or `event`, in
    place of a target: the condition that makes a record positive, with a horizon or without. group: the column whose
    equal values stay in one fold.
    """

    positive: Sequence[str] = ()
    negative: Sequence[str] = ()
    event: Event | None = None
    group: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The contract's entries for the outcome, the classes of the policy, and lines that say who is who.

    columns: the entries of those of role target. keys: `target` or `outcome`. codes: of each record, "" for none;
    classes: those that mean positive or negative. likely: those that would be positive as far as one can see. about:
    who is positive, in words, if that is known. An open question stands in `columns` or `positive`.
    """

    columns: dict[str, dict[str, Any]]
    keys: dict[str, Any]
    positive: list[str]
    ungradable: list[str]
    lines: list[str]
    codes: "pd.Series[str]"
    classes: list[str]
    likely: list[str]
    about: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something is to be answered."""
        missing = [text for one in self.columns.values() for text in one.get("missing", [])]
        return any(one.startswith(OPEN) for one in [*self.positive, *missing])

    @property
    def labelled(self) -> "pd.Series[bool]":
        """Which records have a class."""
        return self.codes.isin(self.classes) & ~self.codes.isin(self.ungradable)


def outcome(target: "pd.Series[str]", markers: Sequence[str], answer: Answer, seen: Sequence[str] = ()) -> Outcome:
    """Divide the values of the target ("" where there is none) into classes; AssayError if they are none.

    markers: the values in the table that seem to mean no value. seen: columns that may say how long a record was seen.
    """
    counts = _counts(target)
    unclear = [str(value) for value in counts.index if value in markers]
    classes = [str(value) for value in counts.index if value not in markers]
    _require_classes(target, classes, unclear)
    _require_sides(answer)
    _require_there([*answer.positive, *answer.negative], counts, target)
    _require_every_spelling(answer, classes)
    if answer.positive:
        return _answered(target, classes, unclear, answer)
    positive = by_words(classes) if not unclear else None
    why = doubt(positive, counts, str(target.name), seen) if positive else ""
    likely = _rarest(counts, classes)
    among = f"One or more of: {listed(counts, MOST_CLASSES)}. For example: {likely}"
    question = [f"{OPEN}who counts as positive? {why}{among}"]
    entry = _entry(classes, unclear, counts, _without(target))
    chosen = [positive] if positive and not why else question
    return _outcome(target, entry, chosen, [], likely)


def _answered(target: "pd.Series[str]", classes: list[str], unclear: list[str], answer: Answer) -> Outcome:
    counts = _counts(target)
    named = {*answer.positive, *answer.negative}
    real = [one for one in counts.index if one in classes or one in named]
    doubtful = [one for one in unclear if one not in named]
    left_out = [one for one in classes if one not in named] if answer.negative else []
    entry = _entry(real, doubtful, counts, _without(target))
    if answer.negative and doubtful:
        entry["missing"] = doubtful
    elif unclear and not doubtful:
        entry["missing"] = []
    return _outcome(target, entry, list(answer.positive), left_out, list(answer.positive))


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
    target: "pd.Series[str]",
    entry: dict[str, Any],
    positive: list[str],
    ungradable: list[str],
    likely: list[str],
) -> Outcome:
    counts, empty = _counts(target), _without(target)
    missing = entry.get("missing", [])
    is_open = any(one.startswith(OPEN) for one in [*positive, *missing])
    chosen = [one for one in positive if one in counts.index]
    left_out = [one for one in [*ungradable, *missing] if one in counts.index]
    rest = [one for one in counts.index if one not in chosen and one not in left_out]
    name = str(target.name)
    made = partial(
        Outcome, {name: entry}, {"target": name}, positive, ungradable, codes=target, classes=entry["values"]
    )
    if is_open:
        answer = _argument(likely or list(counts.index))
        command = f"or delete this draft and call init-dataset with the answer: --positive {answer}"
        head = "WHO COUNTS AS POSITIVE? Nothing runs until it is answered: write it in place of each ??? here"
        return made([head, command, f"values: {listed(counts, MOST_CLASSES)}"], likely=likely)
    lines = [CHECK_IT]
    lines += [f"positive: {listed(counts[chosen], MOST_CLASSES)} ({share(int(counts[chosen].sum()), len(target))})"]
    lines += [f"negative: {listed(counts[rest], MOST_CLASSES)}"]
    outside = [listed(counts[left_out]), f"{empty} without a value" * bool(empty)]
    lines += [f"left out: {', '.join(filter(None, outside)) or 'none'}"]
    return made(lines, likely=chosen or likely, about=f"{name} {' or '.join(chosen)}")


def require_enough(found: Outcome) -> None:
    """AssayError if a class has fewer records than there are folds, each of which needs one; not if that is open."""
    labelled = found.codes[found.labelled]
    positive = labelled.isin(found.positive)
    if found.is_open or min(counts := [int(positive.sum()), int((~positive).sum())]) >= FOLDS:
        return
    what = f"{counts[0]} records are positive and {counts[1]} negative: each of {FOLDS} folds needs one of each"
    raise AssayError(what, where="the table", todo="give more records, or another outcome")


def share(count: int, total: int) -> str:
    """A count of records among all.

    >>> share(5, 40)
    '12.5 % of 40 records'
    """
    return f"{100 * count / total:.1f} % of {total} records"


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
    threshold = f"name a threshold in place of --target: --event '{quoted(str(target.name))} >= NUMBER'"
    blank = "if no value means no, write it there" if empty else "divide it into classes"
    todo = threshold if numeric else blank
    raise AssayError(
        f"the target has {found} different values{', numbers' * bool(numeric)}: 2 to {MOST_CLASSES} classes are needed",
        where=f"column {target.name}",
        todo=f"{todo}, or name another: --target COLUMN",
    )


def _require_sides(answer: Answer) -> None:
    """AssayError for an answer that names the negative classes alone, or a class on both sides."""
    if answer.negative and not answer.positive:
        todo = "name who is positive too: --positive VALUE"
        raise AssayError("--negative alone tells nobody who is positive", where="--negative", todo=todo)
    if both := sorted({*answer.positive} & {*answer.negative}):
        what = f"positive and negative at once: {sample(both)}"
        raise AssayError(what, where="--positive, --negative", todo="name each class once")


def _require_there(named: Sequence[str], counts: "pd.Series[int]", target: "pd.Series[str]") -> None:
    if unknown := [one for one in named if one not in counts.index]:
        what = f"no record has {', '.join(map(repr, unknown))} in column {target.name}"
        raise AssayError(what, where="--positive, --negative", todo=f"choose among: {listed(counts, MOST_CLASSES)}")


def _require_every_spelling(answer: Answer, classes: list[str]) -> None:
    if half := half_named(answer.positive, [one for one in classes if one not in answer.positive]):
        todo = f"name it too: --positive {_argument([*answer.positive, *half])}"
        raise AssayError(f"{sample(half)} is another spelling of a positive class", where="--positive", todo=todo)


def _counts(target: "pd.Series[str]") -> "pd.Series[int]":
    return target[target.str.strip() != ""].value_counts().sort_index()


def _without(target: "pd.Series[str]") -> int:
    return int((target.str.strip() == "").sum())


def _argument(classes: Sequence[str]) -> str:
    return " --positive ".join(repr(one) for one in classes)
