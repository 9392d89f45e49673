"""A first contract for a table that nobody has described yet, with what a person must decide on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from assay.config.dataset import DAY, FEATURE
from assay.config.like_columns import LIKE
from assay.config.questions import questions
from assay.onboarding.guess import Guess
from assay.onboarding.identity import identity
from assay.onboarding.outcome import Answer, Outcome, require_enough
from assay.onboarding.references import is_reference
from assay.onboarding.table_facts import facts_of, repeats
from assay.text import visible

SLICED = 3
MOST_IN_FULL = 200  # columns: in a table of more, those with the entry of another name that one
NUMBER_LIKE = re.compile(r"[-+.]*[0-9]")
NOTHING = Answer()
Said = Sequence[str]


@dataclass(frozen=True)
class Draft:
    """A contract, a label policy and a split as YAML; who is positive, in words; and what to decide on before a result.

    is_open: whether a question must be answered in one of them before anything runs.
    """

    dataset: str
    labels: str
    split: str
    outcome: list[str]
    remarks: list[str]
    is_open: bool


def draft(
    name: str,
    table: pd.DataFrame,
    source: dict[str, Any],
    target: str | None,
    answer: Answer = NOTHING,
    said: Said = (),
) -> Draft:
    """Describe a table as `assay.records.reading` reads it; AssayError if its target cannot be guessed or is no class.

    answer: who is positive, as far as a person has said it. said: what is to be said of how the file is written. Each
    text from the table stays a text in the draft, on one line.
    """
    facts = facts_of(table, target, answer)
    guesses, found, texts = facts.guesses, facts.outcome, facts.texts
    require_enough(found)
    repeated = repeats(texts, guesses)
    of_record = identity(texts, guesses, answer.group)
    named = {"key": of_record.key, **found.keys, "group": of_record.group, "missing": facts.missing}
    likely = found.likely[0] if found.likely else "positive"
    words = _words([*sorted(found.classes), *found.ungradable], likely)
    to_decide = [*_time(guesses), *_repeats(guesses, repeated), "", *words]
    of_file = [*said, *facts.no_value]
    head = [*found.lines, *(f"read so: {one}" for one in of_file)]
    drafted = [of_record.group, *(one.entry for one in guesses.values())]
    entries = {**guesses, **{column: Guess(entry) for column, entry in found.columns.items()}}
    return Draft(
        dataset=contract(name, source, named, entries, to_decide, head),
        labels=policy(name, found),
        split=f"# dvc exp run -S split={name}     what dataset={name} takes by itself\n"
        f"defaults:\n  - {'group' if named['group'] else 'random'}\n",
        outcome=found.lines,
        remarks=[*of_file, *_remarks(guesses, repeated)],
        is_open=found.is_open or any(True for one in drafted for _ in questions(one, "")),
    )


def contract(
    name: str,
    source: dict[str, Any],
    named: dict[str, Any],
    guesses: dict[str, Guess],
    to_decide: Sequence[str],
    head: Sequence[str],
) -> str:
    """The text of conf/dataset/NAME.yaml.

    to_decide: its lines that are comments, for a person to take or leave. head: what a person reads first.
    """
    features = {column: one.entry for column, one in guesses.items() if one.role == FEATURE}
    slices = [column for column, entry in features.items() if entry.get("values") or entry["type"] == "flag"]
    return "\n".join(
        [
            f"# dvc exp run -S dataset={name}",
            *(f"# {visible(line)}" for line in head),
            "# A first contract, from the table as it is: read each line, set ranges and units.",
            f"name: {name}",
            "source:",
            *(f"  {key}: {_flow(value)}" for key, value in source.items()),
            *(f"{key}: {_flow(value)}" for key, value in named.items()),
            *to_decide,
            "",
            f"columns:{'  # like NAME: described as that column is' * (len(guesses) > MOST_IN_FULL)}",
            *_columns(guesses),
            "",
            f"slices: {_flow({column: [] for column in slices[:SLICED]})}",
            "",
        ]
    )


def _columns(guesses: dict[str, Guess]) -> list[str]:
    """A line for each column: its entry, or in a table of very many the earlier one that has the same."""
    entries = {column: _flow(one.entry) for column, one in guesses.items()}
    if len(guesses) > MOST_IN_FULL:
        first: dict[str, str] = {}
        for column, one in guesses.items():
            if one.role == FEATURE and not is_reference(column) and not any(questions(one.entry, "")):
                model = first.setdefault(entries[column], column)
                entries[column] = entries[column] if model == column else _flow(f"{LIKE}{model}")
    return [f"  {_flow(column)}: {entry}{_comment(guesses[column].remarks)}" for column, entry in entries.items()]


def policy(name: str, found: Outcome) -> str:
    """The text of conf/labels/NAME.yaml."""
    lines = [
        f"# dvc exp run -S labels={name}     what dataset={name} takes by itself",
        *(f"# {visible(line)}" for line in found.lines),
        f"name: {name}",
        *([f"about: {_flow(found.about)}  # who is positive, as cards say it"] if found.about else []),
        "version: 1",
        "codes: whole",
        f"positive: {_flow(found.positive)}",
        f"ungradable: {_flow(found.ungradable)}  # left out: nobody can know",
    ]
    return "\n".join([*lines, ""])


def _time(guesses: dict[str, Guess]) -> list[str]:
    days = [(column, one.entry) for column, one in guesses.items() if one.entry["type"] == DAY]
    forms = [{"column": column, **({"format": entry["format"]} if "format" in entry else {})} for column, entry in days]
    return [f"# time: {_flow(one)}" for one in forms]


def _repeats(guesses: dict[str, Guess], repeated: int) -> list[str]:
    known = [column for column, one in guesses.items() if one.role == FEATURE]
    return [f"# repeats: {_flow({'known': known, 'at_least': 1})}"] if repeated else []


def _words(classes: Sequence[str], positive: str) -> list[str]:
    """The words that only a person can give, to be filled in: they go into pages and cards."""
    words = {"unit": "record", "outcome": positive, "otherwise": "negative"}
    return [
        "# For pages and cards:",
        f"# words: {_flow(words)}  # as: order, returned, kept",
        "# about:  # what a record is",
        f"# codes: {_flow(dict.fromkeys(classes, ''))}  # what each class means",
        "# limits: []  # what the figures do not say",
        "# personal_data:  # what the records tell of people",
    ]


def _remarks(guesses: dict[str, Guess], repeated: int) -> list[str]:
    found = [f"{column}: {remark}" for column, one in guesses.items() for remark in one.remarks]
    return found + [f"{repeated} records repeat an earlier one: if entered twice, set repeats"] * bool(repeated)


def _comment(remarks: Sequence[str]) -> str:
    return f"  # {'; '.join(remarks)}" if remarks else ""


def _flow(value: Any) -> str:
    """A value as YAML on one line; a text that YAML would take for something else is quoted.

    Invisible characters become escapes: those of `visible` are also those of YAML between double quotes.
    """
    text = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, width=float("inf"), allow_unicode=True, sort_keys=False
    )
    return visible(text.removesuffix("\n").removesuffix("\n..."))


class _Dumper(yaml.SafeDumper):
    """With texts on one line."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_quotes(text))


def _quotes(text: str) -> str | None:
    """The quotes that a text needs; None leaves that to YAML, whose 1E30 is a text and the configuration's a number."""
    if visible(text) != text:
        return '"'
    return "'" if NUMBER_LIKE.match(text) else None


_Dumper.add_representer(str, _text)
