"""A first contract for a table that nobody has described yet, with what a person must decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from assay.config.dataset import CATEGORY, DAY, FEATURE, ID, TARGET
from assay.errors import AssayError, sample
from assay.onboarding.guess import LEAKING, REFERENCE, Guess, guess, is_unique, markers, separation, stored_as
from assay.records.writing import texts as texts_of
from assay.text import visible

TARGET_NAMES = ("target", "label", "class", "outcome", "diagnosis", "result", "y")
MOST_CLASSES = 20
SLICED = 3


@dataclass(frozen=True)
class Draft:
    """A contract, a label policy and a split as YAML, and what to decide on before believing a result."""

    dataset: str
    labels: str
    split: str
    remarks: list[str]


def draft(name: str, table: pd.DataFrame, source: dict[str, str], target: str | None) -> Draft:
    """Describe a table as `assay.records.reading` reads it; AssayError if its target cannot be guessed or is no class.

    Each text from the table stays a text in the draft, on one line.
    """
    raw = pd.DataFrame({str(column): texts_of(values) for column, values in table.items()})
    kinds = {str(column): stored_as(values) for column, values in table.items()}
    target = chosen_target(raw, target)
    require_no_reference([*map(str, raw), *raw[target].unique()])
    missing = markers(raw)
    texts = raw.mask(raw.isin(missing), "")
    positive = rarest(texts[target])
    guesses = {str(column): guess(str(column), texts[column], kinds[column]) for column in texts.columns.drop(target)}
    suspect_leaks(guesses, texts, texts[target] == positive)
    of_target = {"type": CATEGORY, "role": TARGET, **({"nullable": True} if texts[target].eq("").any() else {})}
    ids = [column for column, one in guesses.items() if one.role == ID]
    repeated = repeats(texts, guesses)
    named = {
        "key": next((column for column in ids if is_unique(texts[column])), None),
        "target": target,
        "group": next((column for column in ids if not is_unique(texts[column])), None),
        "missing": missing,
    }
    to_decide = [
        *_time(guesses),
        *_repeats(guesses, repeated),
        "",
        *_words(sorted(set(texts[target]) - {""}), positive),
    ]
    return Draft(
        dataset=contract(name, source, named, {**guesses, target: Guess(of_target)}, to_decide),
        labels=policy(name, positive, texts[target]),
        split=f"# dvc exp run -S split={name}     what dataset={name} takes by itself\n"
        f"defaults:\n  - {'group' if named['group'] else 'random'}\n",
        remarks=_remarks(guesses, repeated),
    )


def require_no_reference(texts: Sequence[str]) -> None:
    """AssayError for a text that the configuration would take for a reference."""
    if found := [text for text in texts if REFERENCE in text]:
        todo = "rename it in the table: the configuration takes ${...} for a reference"
        raise AssayError(f"{REFERENCE} in a column or a class: {sample(found)}", where="the table", todo=todo)


def chosen_target(raw: pd.DataFrame, asked: str | None) -> str:
    """The target as asked, or by the name it has by custom; AssayError if it is not there or not clear."""
    if asked is not None:
        if asked not in raw:
            raise AssayError(f"no column {asked!r}", where="--target", todo=f"choose among: {', '.join(map(str, raw))}")
        return asked
    found = [str(column) for column in raw if str(column).lower() in TARGET_NAMES]
    if len(found) != 1:
        why = f"it may be: {', '.join(found)}" if found else f"none is called {', '.join(TARGET_NAMES)}"
        raise AssayError(f"which column is the target? {why}", where="the table", todo="name it: --target COLUMN")
    return found[0]


def rarest(target: "pd.Series[str]") -> str:
    """The class with the fewest records; AssayError if there are too few or too many classes."""
    counts = target[target != ""].value_counts()
    if not 2 <= len(counts) <= MOST_CLASSES:
        raise AssayError(
            f"the target has {len(counts)} different values: 2 to {MOST_CLASSES} classes are needed",
            where=f"column {target.name}",
            todo="divide it into classes, or name another: --target COLUMN",
        )
    return str(counts.sort_index().idxmin())


def suspect_leaks(guesses: dict[str, Guess], texts: pd.DataFrame, positive: "pd.Series[bool]") -> None:
    """Remark on every feature that alone predicts the positive class almost perfectly."""
    for name, one in guesses.items():
        area = separation(texts[name], positive, one.entry["type"]) if one.role == FEATURE else 0.5
        if area >= LEAKING:
            one.remarks.append(
                f"predicts the target alone (area under the ROC curve {area:.3f}): a leak? If so, set that role"
            )


def contract(
    name: str, source: dict[str, str], named: dict[str, Any], guesses: dict[str, Guess], to_decide: Sequence[str]
) -> str:
    """The text of conf/dataset/NAME.yaml; `to_decide`: its lines that are comments, for a person to take or leave."""
    features = {column: one.entry for column, one in guesses.items() if one.role == FEATURE}
    slices = [column for column, entry in features.items() if entry.get("values") or entry["type"] == "flag"]
    return "\n".join(
        [
            f"# dvc exp run -S dataset={name}",
            "# A first contract, from the table as it is: read each line, set ranges and units.",
            f"name: {name}",
            "source:",
            *(f"  {key}: {_flow(value)}" for key, value in source.items()),
            *(f"{key}: {_flow(value)}" for key, value in named.items()),
            *to_decide,
            "",
            "columns:",
            *(f"  {_flow(column)}: {_flow(one.entry)}{_comment(one.remarks)}" for column, one in guesses.items()),
            "",
            f"slices: {_flow({column: [] for column in slices[:SLICED]})}",
            "",
        ]
    )


def repeats(texts: pd.DataFrame, guesses: dict[str, Guess]) -> int:
    """How many records agree with an earlier one in everything but what numbers them."""
    numbers = [column for column, one in guesses.items() if one.role == ID and is_unique(texts[column])]
    return int(texts.drop(columns=numbers).duplicated().sum())


def policy(name: str, positive: str, target: "pd.Series[str]") -> str:
    """The text of conf/labels/NAME.yaml."""
    counts = target[target != ""].value_counts().sort_index()
    classes = ", ".join(f"{visible(value)} {count}" for value, count in counts.items())
    return (
        f"# dvc exp run -S labels={name}     what dataset={name} takes by itself\n"
        f"# The rarest class against the rest. Records by class: {classes}.\n"
        f"name: {name}\nversion: 1\ncodes: whole\npositive: {_flow([positive])}\nungradable: []\n"
    )


def _time(guesses: dict[str, Guess]) -> list[str]:
    days = [(column, one.entry) for column, one in guesses.items() if one.entry["type"] == DAY]
    forms = [{"column": column, **({"format": entry["format"]} if "format" in entry else {})} for column, entry in days]
    return [f"# time: {_flow(one)}" for one in forms]


def _repeats(guesses: dict[str, Guess], repeated: int) -> list[str]:
    known = [column for column, one in guesses.items() if one.role == FEATURE]
    return [f"# repeats: {_flow({'known': known, 'at_least': 1})}"] if repeated else []


def _words(classes: Sequence[str], positive: str) -> list[str]:
    """What only a person can say, to be filled in: it goes into pages and cards."""
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
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if visible(text) == text else '"')


_Dumper.add_representer(str, _text)
