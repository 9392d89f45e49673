"""An outcome that a person asks for as an event on columns, alone or within a horizon: who has it, who is left out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd

from assay.config.dataset import CATEGORY, FLAG, KINDS, NUMBER, TARGET, TEXT, Column, Dataset
from assay.config.expressions import fault
from assay.config.grammar import Constant, Refused, names, nodes, ordered
from assay.config.load import typed_as
from assay.config.outcome import EVENT, LOST, NO_EVENT
from assay.config.outcome import Outcome as Event
from assay.config.questions import OPEN, questions
from assay.contract.outcome import coded
from assay.contract.values import NO, YES
from assay.errors import AssayError, sample
from assay.onboarding.class_words import NOBODY_KNOWS
from assay.onboarding.follow_up import FOLLOW_UP
from assay.onboarding.guess import MOST_LISTED, Guess
from assay.onboarding.numbers import CODES, is_far, numbers
from assay.onboarding.outcome import CHECK_IT, Outcome, share
from assay.onboarding.references import is_reference, require_no_reference
from assay.onboarding.spelling import listed
from assay.text import spelled

OF_LIMITS = "with a limit of detection that does not tell"
CORRECT = "correct it: docs/tables.md, Outcomes that are made of columns"


def event_outcome(texts: pd.DataFrame, event: Event, guesses: Mapping[str, Guess], missing: list[str]) -> Outcome:
    """The codes that an event gives the records of a table of texts ("" for no value), and the entries of its columns.

    guesses: what each column of the table seems to be. AssayError if the event is no condition on its columns, has a
    time that is none, or came for no record, or for all.
    """
    entries = _entries(texts, event, guesses, missing)
    columns = {name: typed_as(Column, entry, f"dataset.columns.{name}") for name, entry in entries.items()}
    codes = coded(texts, Dataset(columns=columns, target=None, outcome=event, missing=missing))
    _require_both(codes, event, texts)
    return Outcome(
        columns=entries,
        keys={"target": None, "outcome": _stated(event)},
        positive=[EVENT],
        ungradable=[LOST],
        lines=[*_lines(codes, event, texts), *_how_read(entries, guesses)],
        codes=codes,
        classes=[EVENT, NO_EVENT],
        likely=[EVENT],
        about=_in_words(event),
    )


def _entries(
    texts: pd.DataFrame, event: Event, guesses: Mapping[str, Guess], missing: list[str]
) -> dict[str, dict[str, Any]]:
    """The entry of each column that the event is made of; AssayError if they do not suit it."""
    _require_columns(event, texts)
    of_event = sorted(names(event.event))
    ways = [[*_ways(texts[name], guesses[name], missing)] for name in of_event]
    more_or_less = ordered(event.event)
    for chosen in product(*ways):
        entries = dict(zip(of_event, chosen, strict=True))
        of_texts = [name for name in more_or_less if _kinds(entries)[name] == TEXT]  # '10' comes before '9'
        if not of_texts and not fault(event.event, _kinds(entries), "--event"):
            break
    else:
        first = {name: one.entry for name, one in guesses.items()}
        said = fault(event.event, _kinds(first), "--event")
        texts_only = f"{sample(sorted(more_or_less))} holds texts, which are not more or less: compare with == or in"
        raise AssayError(str(said or texts_only), where="--event", todo=CORRECT)
    if event.time is not None:
        entries[event.time] = _time(texts[event.time], event, guesses[event.time], missing)
        if said := fault(event.event, _kinds(entries), "--event"):
            raise AssayError(said, where="--event", todo=CORRECT)
    for name, one in entries.items():
        _require_clear(name, one)
        if question := _unclear(texts[name], one, event):
            one.update(missing=[*missing, question], nullable=True)
    return {name: {**one, "role": TARGET} for name, one in entries.items()}


def _require_clear(name: str, entry: Mapping[str, Any]) -> None:
    """AssayError if it is a question how the values of a column are read: nothing can be told of events before."""
    unread = {key: one for key, one in entry.items() if key != "missing"}
    if question := next((text for _, text in questions(unread, "")), None):
        raise AssayError(question, where=f"column {name}", todo="mend the table, and call the command again")


def _unclear(text: "pd.Series[str]", entry: Mapping[str, Any], event: Event) -> str | None:
    """A question, where values that the event does not name may mean that nobody knows, as unknown or 9 beside 0 and 1.

    Without an answer such a record would be without the event.
    """
    if "missing" in entry:
        return None
    counts = text[text != ""].value_counts()
    named = {str(one.value) for one in nodes(event.event) if isinstance(one, Constant)}
    numbers_there = pd.to_numeric(pd.Series(counts.index), errors="coerce")
    known = numbers_there[~numbers_there.isin(CODES)]
    odd = [
        value
        for value, number in zip(counts.index, numbers_there, strict=True)
        if value not in named and f"{number:.1f}" not in named and not is_reference(value)
        if NOBODY_KNOWS.search(spelled(value))
        or (number in CODES and len(known) and is_far(number, min(known), max(known)))
    ]
    if not odd:
        return None
    said = listed(counts[odd])
    return f"{OPEN}{said}: if nobody knows the outcome of these records, list it here; if it tells, delete this text"


def _require_columns(event: Event, texts: pd.DataFrame) -> None:
    try:
        named = {*names(event.event), *filter(None, [event.time])}
    except Refused:
        what = str(fault(event.event, {}, "--event"))
        raise AssayError(what, where="--event", todo=CORRECT) from None
    require_no_reference([event.event, *named])
    if unknown := sorted(named - {*texts}):
        what = f"no column {sample([*map(repr, unknown)])}"
        raise AssayError(what, where="--event, --time", todo=f"choose among: {', '.join(map(str, texts))}")
    if (event.time is None) != (event.horizon is None):
        raise AssayError("--time COLUMN and --horizon NUMBER go together", todo="give both, or none")


def _ways(text: "pd.Series[str]", guessed: Guess, missing: list[str]) -> Iterator[dict[str, Any]]:
    """The entries that a column may have: as it seems to be, then as any other type that its values allow."""
    there = text[text != ""]
    nullable = {"nullable": True} if len(there) < len(text) else {}
    yield {key: one for key, one in guessed.entry.items() if key != "role"}
    if found := numbers(there, missing):
        yield {"type": NUMBER, **found.entry, **nullable}
    values = sorted(map(str, there.unique()))
    listed_too = len(values) <= MOST_LISTED and not any(map(is_reference, values))
    yield {"type": CATEGORY, **({"values": values} if listed_too else {}), **nullable}
    if {*there.str.strip().str.lower()} <= {*YES, *NO}:
        yield {"type": FLAG, **nullable}


def _kinds(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: KINDS.get(one["type"], one["type"]) for name, one in entries.items()}


def _time(text: "pd.Series[str]", event: Event, guessed: Guess, missing: list[str]) -> dict[str, Any]:
    """The entry of the time, with a range from 0 to a power of ten; AssayError if it is no time after the record."""
    found = guessed if guessed.values is not None else numbers(text[text != ""], missing)
    if not found or found.values is None or not found.values.notna().any():
        raise AssayError(f"{text.name} is no column of numbers", where="--time", todo=CORRECT)
    if len(before := found.values[found.values < 0]):
        what = f"{len(before)} times in {text.name} are below 0, like {before.iloc[0]:g}: before the record was made"
        raise AssayError(what, where="--time", todo="take such records out of the table, or correct the times")
    longest = max(float(found.values.max()), event.horizon or 1.0, 1.0)
    entry = {**found.entry, "type": NUMBER, "range": [0, 10 ** math.ceil(math.log10(longest))]}
    return {**entry, "nullable": True} if found.values.isna().any() or text.eq("").any() else entry


def _require_both(codes: "pd.Series[str]", event: Event, texts: pd.DataFrame) -> None:
    """AssayError if no record is positive, or none negative."""
    there = [one for one in (EVENT, NO_EVENT) if (codes == one).any()]
    if len(there) == 2:
        return
    of_event = sorted(names(event.event))
    found = "; ".join(f"{name}: {listed(texts[name].replace('', 'no value').value_counts())}" for name in of_event)
    which = "positive: the event came for none" if EVENT not in there else "negative: none is without the event"
    what = f"no record is {which}{' within the horizon' if event.time else ''} ({found})"
    raise AssayError(what, where=f"--event {event.event}", todo="correct the event or the horizon")


def _lines(codes: "pd.Series[str]", event: Event, texts: pd.DataFrame) -> list[str]:
    """Who counts as positive and as negative, who is left out, and why, with counts."""
    counts = codes.value_counts()
    named = [*sorted(names(event.event)), *filter(None, [event.time])]
    lacking = (texts[named] == "").any(axis=1)
    unknown, nothing = codes == LOST, codes == ""
    outside = {
        f"lost before {event.horizon:g} without the event (censored)" if event.time else OF_LIMITS: unknown & ~lacking,
        "without a value that tells": unknown & lacking,
        "without any value": nothing,
    }
    said = [f"{int(which.sum())} {why}" for why, which in outside.items() if which.any()]
    negative = f"{event.time} of {event.horizon:g} or later, no event by then" if event.time else "all others"
    return [
        CHECK_IT,
        f"positive: {_in_words(event)}: {counts[EVENT]} ({share(int(counts[EVENT]), len(codes))})",
        f"negative: {negative}: {int(counts[NO_EVENT])}",
        f"left out: {', '.join(said) or 'none'}",
    ]


def _how_read(entries: Mapping[str, Any], guesses: Mapping[str, Guess]) -> list[str]:
    """How values of the event's columns are read, where that is not usual."""
    unusual = [name for name, one in entries.items() if {"written", "missing"} & {*one}]
    return [f"{name}: {remark}" for name in unusual for remark in guesses[name].remarks if remark != FOLLOW_UP]


def _in_words(event: Event) -> str:
    return event.event if event.time is None else f"{event.event}, with {event.time} of {event.horizon:g} at most"


def _stated(event: Event) -> dict[str, Any]:
    """The event as it stands in the contract."""
    horizon = int(event.horizon) if event.horizon and float(event.horizon).is_integer() else event.horizon
    plain = {"event": event.event, "time": event.time, "horizon": horizon}
    return {key: value for key, value in plain.items() if value is not None}


def asked_for(event: str | None, time: str | None, horizon: float | None, others: Sequence[object]) -> Event | None:
    """The event as a command line gives it; AssayError if it contradicts itself, or the options for a target."""
    if event is None:
        if time is not None or horizon is not None:
            raise AssayError("--time and --horizon say when an event counts", todo="name it: --event \"death == '1'\"")
        return None
    if any(others):
        what = "--event makes the outcome: there is no target whose values would be positive"
        raise AssayError(what, todo="leave out --target, --positive and --negative, or --event")
    if horizon is not None and not (math.isfinite(horizon) and horizon > 0):
        raise AssayError(f"a horizon is a number above 0, not {horizon}", where="--horizon", todo="correct it")
    return replace(Event(event), time=time, horizon=horizon)
