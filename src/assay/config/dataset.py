"""The schema of a dataset's contract, `conf/dataset/*.yaml`.

A contract is everything that the project knows about a table: its source, its columns, the rules for valid records, the
population that is screened, and the groups by which results are reported. A small module (`knowledge`) can do what a
contract cannot say.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from assay.config.expressions import CONDITION
from assay.config.fields import MISSING, NotNegative, ReadAs
from assay.config.like_columns import Alike, model_of
from assay.config.outcome import CLASSES, Outcome
from assay.config.sample import Sample
from assay.config.source import Source
from assay.config.words import Words
from assay.records.columns import DATE, stored

if TYPE_CHECKING:
    import pandas as pd

ANY_CODE = r"\S(.*\S)?"
STOP, QUARANTINE, SET_MISSING, NOTE = "stop", "quarantine", "missing", "note"
ACTIONS = (STOP, QUARANTINE, SET_MISSING, NOTE)  # from the strictest on
NUMBER, CATEGORY, FLAG, DAY, TEXT = "number", "category", "flag", "date", "text"
TYPES = (NUMBER, CATEGORY, FLAG, DAY, TEXT)
KINDS = {CATEGORY: TEXT, FLAG: CONDITION}  # the kind that an expression sees, where it is not the type itself
FEATURE, ID, TARGET, LEAK, PERSONAL, CHECK, IGNORE = "feature", "id", "target", "leak", "personal", "check", "ignore"
# A check column is only compared with others and does not pass cleaning. An ignored one passes, because the population
# may depend on it, and is no feature. A personal one is not even collected.
ROLES = (FEATURE, ID, TARGET, LEAK, PERSONAL, CHECK, IGNORE)
UNUSUAL = ("missing", "written")  # of a column: None in most
LIMIT = "_limit"  # ends the name of the feature that tells limits of detection from measurements


@dataclass
class Written:
    """How the numbers of a column are written, where it is not like -1234.5.

    `decimal`: the mark before decimals. `thousands`: the mark between thousands; a space stands for any kind of space.
    `before`, `after`: a text beside the number, such as "$", "mg" or "%", which may be left out; the value is the
    number alone. `limits`: "<0.6" and ">9", of what was too small or too large to be measured, read as that bound; a
    feature NAME_limit tells such values (-1, 1) from measured ones (0).
    """

    decimal: str = "."
    thousands: str = ""
    before: str = ""
    after: str = ""
    limits: bool = False


@dataclass
class Column:
    """A column of the raw table.

    `values`: the allowed ones of a category; of a flag, the true one first. `pattern`: a regular expression for the
    whole text of a category or text. `range`: possible values; `plausible`: likely values,
    others are counted and kept. `otherwise`: the action for a value outside values, pattern or range, or missing
    although not `nullable`: stop the line, quarantine the record, or set the value missing. A text that is not of the
    type always stops the line, because the file is not as declared. `reference`: the range of nearly all healthy
    people, for those who judge a record. `available`: whether the value is known when the model is asked. Ranges are in
    `unit` and include their ends. `missing`: the texts that mean no value in this column, instead of those of the
    dataset; an empty text always does. `written`: how its numbers are written.
    """

    type: str = MISSING
    role: str = FEATURE
    about: str = ""
    unit: str = ""
    values: list[str] = field(default_factory=list)
    pattern: str | None = None
    format: str = "%Y-%m-%d"
    range: list[float] | None = None
    plausible: list[float] | None = None
    reference: list[float] | None = None
    nullable: bool = False
    available: bool = True
    otherwise: str = STOP
    missing: list[str] | None = None
    written: Written | None = None


@dataclass
class Rule:
    """A rule on whole records: `where` is true for records that break it.

    `where` is an expression over the typed columns (`assay.config.grammar`). `then` is the action: stop, quarantine,
    set `columns` missing, or note.
    """

    where: str = MISSING
    then: str = NOTE
    why: str = MISSING
    columns: list[str] = field(default_factory=list)


@dataclass
class Time:
    """When a record was made: a column, the part of it that holds the date (a group of `pattern`), and its format.

    Dates outside `first` to `last` (ISO, both included) are impossible.
    """

    column: str = MISSING
    pattern: str = "(.*)"
    format: str = "%Y-%m-%d"
    first: str | None = None
    last: str | None = None


@dataclass
class Repeats:
    """Records that are equal but for the key and the time.

    The later one is dropped if at least `at_least` of the columns `known` have a value; otherwise they may be equal by
    chance, and both are kept.
    """

    known: list[str] = field(default_factory=list)
    at_least: int = 1


@dataclass
class Outside:
    """Records outside the population: those for which the expression `where` holds, with the reason."""

    where: str = MISSING
    reason: str = MISSING


@dataclass
class Table:
    """Another table. A row belongs to each record whose column `of` (null: the key) has the value of its column `key`.

    `time`: the column of when a row was known, a number, or with a `format` a date; null if the table has no time, and
    its rows count as known always.
    """

    source: Source = field(default_factory=Source)
    key: str = MISSING
    of: str | None = None
    time: str | None = None
    format: str | None = None


@dataclass
class Made:
    """A column of the records that is made of the rows of another table: those that were known at a record's time.

    `take`: the last or first `value`, or its mean, min, max, sum or trend (the slope against the time), or the count of
    rows. `where`: only of rows that have, in each of these columns, one of the values. `within`, `gap`: at most, and at
    least, so long before the record's time, in the unit of the table's time; of dates, days.
    """

    table: str = MISSING
    take: str = MISSING
    value: str | None = None
    where: dict[str, list[str]] = field(default_factory=dict)
    within: NotNegative | None = None
    gap: NotNegative = 0.0


@dataclass
class Dataset:
    """The contract of a table.

    `key`: the column that identifies a record, or null for the row number. `target`: the column of its code, or null
    where `outcome` makes the code of several (`assay.config.outcome`). `group`: the column whose equal values (such
    as a person) must stay in one fold. `missing`: the texts that mean no value, and the numbers, dates and truth values
    that they read as. `slices`: the edges, ascending, of the bands of each column of numbers, or an empty list for the
    values of a column. `knowledge`: a module with code for this dataset alone, under `assay.datasets`. `rule`: dotted
    path, there too, of a hand rule from the feature table to booleans, a baseline. `sample`: which rows are taken, see
    `assay.config.sample`; null for all.

    `columns`: by name each column, or a text: `like NAME` has the description of that other one.

    `tables`, `made`: columns that are made of the rows of other tables; each stands in `columns`, too. `index`: the
    column of a record's time for that, a number or a date; null: 0, and the times of those rows are relative to it.

    `personal`: the columns of that role, listed when the configuration is composed, so that `collect` can depend on
    them alone.

    For readers: `about` describes the records, `words` says what to call them and their outcome, `codes` the meaning of
    each letter of the target, `limits` what readers of a figure must know of the records, `personal_data` what the
    records reveal of a person.
    """

    name: str = MISSING
    source: Source = field(default_factory=Source)
    about: str = ""
    words: Words = field(default_factory=Words)
    codes: dict[str, str] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    personal_data: str = ""
    key: str | None = None
    target: str | None = MISSING
    outcome: Outcome | None = None
    time: Time | None = None
    group: str | None = None
    missing: list[str] = field(default_factory=lambda: [""])
    # To Hydra no dataclasses: it would fill params.yaml with a Column's defaults, and could not set a key of a Sample.
    columns: Annotated[dict[str, Any], Alike(dict[str, Column])] = MISSING
    personal: Any = None
    tables: Annotated[dict[str, Any], ReadAs(dict[str, Table])] = field(default_factory=dict)
    made: Annotated[dict[str, Any], ReadAs(dict[str, Made])] = field(default_factory=dict)
    index: str | None = None
    rules: dict[str, Rule] = field(default_factory=dict)
    repeats: Repeats | None = None
    population: list[Outside] = field(default_factory=list)
    slices: dict[str, list[int]] = field(default_factory=dict)
    knowledge: str | None = None
    rule: str | None = None
    sample: Annotated[Any, ReadAs(Sample | None)] = None


def stated(dataset: Dataset) -> dict[str, Any]:
    """The contract as plain data; how a file and its values are written only where it is not the usual way."""
    plain = asdict(dataset)
    optional = [(plain["source"], "dialect"), *((one, key) for one in plain["columns"].values() for key in UNUSUAL)]
    for holder, key in optional:
        if holder[key] is None:
            del holder[key]
    return plain


def personal_columns(dataset: Dataset) -> list[str]:
    """The columns that are not even collected."""
    return [name for name, column in dataset.columns.items() if column.role == PERSONAL]


def personal_in(columns: Mapping[str, Any]) -> list[str]:
    """The same in `columns` as a person wrote them."""
    own = {name for name, one in columns.items() if isinstance(one, Mapping) and one.get("role") == PERSONAL}
    return [str(name) for name, one in columns.items() if (model_of(one) or name) in own]


def targets(dataset: Dataset) -> list[str]:
    """The columns that the code of a record comes from."""
    return [name for name, column in dataset.columns.items() if column.role == TARGET]


def classes(dataset: Dataset) -> list[str]:
    """The codes that the contract names; none if it has a pattern of them, or nothing."""
    return list(CLASSES) if dataset.outcome else dataset.columns.get(dataset.target or "", Column()).values


def code_pattern(dataset: Dataset) -> str:
    """The pattern that a whole code must match, from the contract of the target."""
    pattern = None if dataset.outcome else dataset.columns[dataset.target or ""].pattern
    return pattern or "|".join(map(re.escape, classes(dataset))) or ANY_CODE


def has_limits(column: Column) -> bool:
    """Whether values may be limits of detection, which a feature NAME_limit tells."""
    return bool(column.written and column.written.limits)


def passes(dataset: Dataset, name: str) -> bool:
    """Whether cleaned records have the column."""
    return dataset.columns[name].role in (FEATURE, LEAK, IGNORE) or name in (dataset.group, *dataset.slices)


def cleaned_name(dataset: Dataset, name: str) -> str:
    """The name of a column of the contract among cleaned records, whose own columns come first.

    The column that says when a record was made is the date of the record, if it is called so.
    """
    return name if name == DATE and is_the_time(dataset) else stored(name)


def is_the_time(dataset: Dataset) -> bool:
    """Whether the column called `date` is that by which records are dated."""
    return dataset.time is not None and dataset.time.column == DATE


def own_names(dataset: Dataset, cleaned: Collection[str]) -> dict[str, str]:
    """By their names among cleaned records the own names of the columns that have another there."""
    found = {cleaned_name(dataset, name): name for name in dataset.columns}
    return {there: name for there, name in found.items() if there != name and there in cleaned}


def by_own_names(dataset: Dataset, cleaned: "pd.DataFrame") -> "pd.DataFrame":
    """Cleaned records with the columns of the contract under their own names, in place of Assay's of that name."""
    names = own_names(dataset, cleaned.columns)
    return cleaned.drop(columns=[*names.values()], errors="ignore").rename(columns=names) if names else cleaned
