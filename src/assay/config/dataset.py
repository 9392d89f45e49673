"""The schema of a dataset's contract, `conf/dataset/*.yaml`.

A contract is everything that the project knows about a table: its source, its columns, the rules for valid records, the
population that is screened, and the groups by which results are reported. A small module (`knowledge`) can do what a
contract cannot say.
"""

import re
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any

from assay.config.expressions import CONDITION
from assay.config.fields import MISSING, OneOrMore, ReadAs, Within
from assay.config.sample import Sample

WEB = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
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
class Dialect:
    """How a CSV is written, where it is not as RFC 4180 has it, in UTF-8.

    `encoding`: as Python names it. `separator`, `quote`: one character each; `quote` may be "", and then no cell is
    quoted. `above`: lines above the header, which are no part of the table. `strip`: spaces around a cell, invisible
    characters among them, are no part of it. `trailing`: each line of data ends in one separator more than the header.
    """

    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    above: Annotated[int, Within(0, 1000)] = 0
    strip: bool = False
    trailing: bool = False


@dataclass
class Source:
    """Where the raw file comes from, and the hash that it must have; or several files, which make one table.

    `uri`, `sha256`: a text, or lists of the same length. The records of the first file come first, and so on; all files
    have the same columns and the same format. Files are added at the end, so that the rows of the earlier ones keep
    their numbers.

    `format`: csv, parquet or pickle.xz; null takes it from the name. A pickle must be declared; only plain columns of
    it are read: numbers, texts, truth values and dates.

    `dialect`: how a CSV is written; null if in the usual way. Later records, to be scored or learned from, are written
    so too, if they are a CSV.
    """

    uri: Annotated[Any, OneOrMore()] = MISSING
    sha256: Annotated[Any, OneOrMore()] = MISSING
    licence: str = MISSING
    citation: str = MISSING
    format: str | None = None
    url: str = ""
    creator: str = ""
    published: str = ""  # ISO 8601: a year will do
    dialect: Annotated[Any, ReadAs(Dialect | None)] = None


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
class Dataset:
    """The contract of a table.

    `key`: the column that identifies a record, or null for the row number. `group`: the column whose equal values (such
    as a person) must stay in one fold. `missing`: the texts that mean no value, and the numbers, dates and truth values
    that they read as. `slices`: the edges of the bands of
    each column, or an empty list for its values. `knowledge`: a module with code for this dataset alone, under
    `assay.datasets`. `rule`: dotted path, there too, of a hand rule from the feature table to booleans, a baseline.
    `sample`: which rows are taken, see `assay.config.sample`; null for all.

    `personal`: the columns of that role, listed when the configuration is composed, so that `collect` can depend on
    them alone.

    For readers: `about` describes the records, `codes` the meaning of each letter of the target, `limits` what readers
    of a figure must know of the records, `personal_data` what the records reveal of a person.
    """

    name: str = MISSING
    source: Source = field(default_factory=Source)
    about: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    personal_data: str = ""
    key: str | None = None
    target: str = MISSING
    time: Time | None = None
    group: str | None = None
    missing: list[str] = field(default_factory=lambda: [""])
    # To Hydra no dataclasses: it would fill params.yaml with a Column's defaults, and could not set a key of a Sample.
    columns: Annotated[dict[str, Any], ReadAs(dict[str, Column])] = MISSING
    personal: Any = None
    rules: dict[str, Rule] = field(default_factory=dict)
    repeats: Repeats | None = None
    population: list[Outside] = field(default_factory=list)
    slices: dict[str, list[int]] = field(default_factory=dict)
    knowledge: str | None = None
    rule: str | None = None
    sample: Annotated[Any, ReadAs(Sample | None)] = None


def sources(source: Source) -> list[Source]:
    """Each file as a source of its own, in order.

    >>> [one.uri for one in sources(Source(["a.csv", "b.csv"], ["12", "34"]))]
    ['a.csv', 'b.csv']
    """
    if isinstance(source.uri, str):
        return [source]
    return [replace(source, uri=uri, sha256=sha) for uri, sha in zip(source.uri, source.sha256, strict=True)]


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


def has_limits(column: Column) -> bool:
    """Whether values may be limits of detection, which a feature NAME_limit tells."""
    return bool(column.written and column.written.limits)


def passes(dataset: Dataset, name: str) -> bool:
    """Whether cleaned records have the column."""
    return dataset.columns[name].role in (FEATURE, LEAK, IGNORE) or name in (dataset.group, *dataset.slices)
