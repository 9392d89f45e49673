"""The schema of a dataset's contract, `conf/dataset/*.yaml`.

A contract is everything that the project knows about a table: its source, its columns, the rules for valid records, the
population that is screened, and the groups by which results are reported. A small module (`knowledge`) can do what a
contract cannot say.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from assay.config import sample
from assay.config.expressions import CONDITION, fault
from assay.config.fields import MISSING, ReadAs
from assay.config.grammar import ALLOWED
from assay.config.patterns import group_fault, pattern_fault
from assay.config.sample import Sample
from assay.config.targets import function_fault, knowledge_fault
from assay.records.columns import CODE, DATE, RECORD_ID, RULE, WEIGHT

FORMATS = ("csv", "parquet", "pickle.xz")
WEB = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
SHOWN = 80  # characters of a pattern or a format in a message
SECRET = re.compile(r"\w+(\+\w+)*://[^/?#]*@", re.ASCII)  # user:password@host
STOP, QUARANTINE, SET_MISSING, NOTE = "stop", "quarantine", "missing", "note"
ACTIONS = (STOP, QUARANTINE, SET_MISSING, NOTE)  # from the strictest on
NUMBER, CATEGORY, FLAG, DAY, TEXT = "number", "category", "flag", "date", "text"
TYPES = (NUMBER, CATEGORY, FLAG, DAY, TEXT)
KINDS = {CATEGORY: TEXT, FLAG: CONDITION}  # the kind that an expression sees, where it is not the type itself
FEATURE, ID, TARGET, LEAK, PERSONAL, CHECK, IGNORE = "feature", "id", "target", "leak", "personal", "check", "ignore"
# A check column is only compared with others and does not pass cleaning. An ignored one passes, because the population
# may depend on it, and is no feature. A personal one is not even collected.
ROLES = (FEATURE, ID, TARGET, LEAK, PERSONAL, CHECK, IGNORE)


@dataclass
class Source:
    """Where the raw file comes from, and the hash that it must have.

    `format`: csv, parquet or pickle.xz; null takes it from the name. A pickle must be declared; only plain columns of
    it are read: numbers, texts, truth values and dates.
    """

    uri: str = MISSING
    sha256: str = MISSING
    licence: str = MISSING
    citation: str = MISSING
    format: str | None = None
    url: str = ""
    creator: str = ""
    published: str = ""  # ISO 8601: a year will do


@dataclass
class Column:
    """A column of the raw table.

    `values`: the allowed ones of a category; of a flag, the true one first. `pattern`: a regular expression for the
    whole text of a category or text. `range`: possible values; `plausible`: likely values,
    others are counted and kept. `otherwise`: the action for a value outside values, pattern or range, or missing
    although not `nullable`: stop the line, quarantine the record, or set the value missing. A text that is not of the
    type always stops the line, because the file is not as declared. `reference`: the range of nearly all healthy
    people, for those who judge a record. `available`: whether the value is known when the model is asked. Ranges are in
    `unit` and include their ends.
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


def personal_columns(dataset: Dataset) -> list[str]:
    """The columns that are not even collected."""
    return [name for name, column in dataset.columns.items() if column.role == PERSONAL]


def passes(dataset: Dataset, name: str) -> bool:
    """Whether cleaned records have the column."""
    return dataset.columns[name].role in (FEATURE, LEAK, IGNORE) or name in (dataset.group, *dataset.slices)


def faults(dataset: Dataset) -> list[str]:
    """The contradictions in a contract, each with its key; empty if there are none."""
    columns: dict[str, Column] = dataset.columns
    found = [fault for name, column in columns.items() for fault in _column_faults(f"dataset.columns.{name}", column)]
    named = {"key": dataset.key, "target": dataset.target, "group": dataset.group}
    named |= {"time.column": dataset.time.column if dataset.time else None}
    named |= {f"slices.{name}": name for name in dataset.slices}
    named |= {f"repeats.known: {name}": name for name in (dataset.repeats.known if dataset.repeats else [])}
    named |= {f"rules.{rule}.columns: {name}": name for rule, one in dataset.rules.items() for name in one.columns}
    found += [f"dataset.{key} names no column: {name}" for key, name in named.items() if name and name not in columns]
    found += [
        f"dataset.rules.{name}.then={rule.then} is none of: {', '.join(ACTIONS)}"
        for name, rule in dataset.rules.items()
        if rule.then not in ACTIONS
    ]
    found += _key_faults(dataset)
    found += _name_faults(dataset)
    found += _source_faults(dataset.source)
    found += _time_faults(dataset.time)
    if dataset.source.format not in (None, *FORMATS):
        found.append(f"dataset.source.format={dataset.source.format} is none of: {', '.join(FORMATS)}")
    targets = [name for name, column in columns.items() if column.role == TARGET]
    if targets != [dataset.target]:
        found.append(f"dataset.target={dataset.target} must be the one column of role target, not: {targets}")
    if dataset.personal not in (None, personal_columns(dataset)):
        found.append(
            f"dataset.personal={dataset.personal} are not the columns of that role: {personal_columns(dataset)}"
        )
    if dataset.sample and dataset.source.format not in (None, "parquet"):
        found.append(f"dataset.sample needs Parquet files, not dataset.source.format={dataset.source.format}")
    named_code = ((dataset.knowledge, knowledge_fault, "knowledge"), (dataset.rule, function_fault, "rule"))
    found += [fault for path, check, key in named_code if path and (fault := check(path, f"dataset.{key}"))]
    return found + _expression_faults(dataset) + sample.faults(dataset.sample, list(columns))


def _expression_faults(dataset: Dataset) -> list[str]:
    """Faults of the rules, which use the typed columns, and of the population, which uses cleaned records."""
    kinds = {name: KINDS.get(column.type, column.type) for name, column in dataset.columns.items()}
    dated = {DATE: DAY} if dataset.time else {}
    typed = {name: kind for name, kind in kinds.items() if dataset.columns[name].role != PERSONAL} | dated
    cleaned = {name: kind for name, kind in kinds.items() if passes(dataset, name)} | dated
    cleaned |= {RECORD_ID: TEXT, CODE: TEXT} | ({WEIGHT: NUMBER} if dataset.sample else {})
    found = [fault(rule.where, typed, f"dataset.rules.{name}.where") for name, rule in dataset.rules.items()]
    found += [
        fault(outside.where, cleaned, f"dataset.population[{number}].where")
        for number, outside in enumerate(dataset.population)
    ]
    wrong = [one for one in found if one]
    return [*wrong, ALLOWED] if wrong else []


def _key_faults(dataset: Dataset) -> list[str]:
    """Ways in which a record could be left without its key: records without one are not found to be repeated."""
    key, column = f"dataset.columns.{dataset.key}", dataset.columns.get(dataset.key or "", Column())
    todo = "give each record its key, or leave out dataset.key, and the row number is the key"
    nullable = [f"{key}.nullable: every record needs its key; {todo}"] if column.nullable else []
    emptied = [f"{key}.otherwise={SET_MISSING}: every record needs its key; choose {STOP} or {QUARANTINE}"]
    return nullable + (emptied if column.otherwise == SET_MISSING else [])


def _name_faults(dataset: Dataset) -> list[str]:
    """Columns with the name of one that every record gets, which would take the place of theirs."""
    dated = [DATE] if dataset.time and dataset.time.column != DATE else []
    taken = [name for name in (RECORD_ID, CODE, *dated) if name in dataset.columns and passes(dataset, name)]
    taken += [name for name in (RULE, WEIGHT) if name in dataset.columns and name not in personal_columns(dataset)]
    return [f"dataset.columns.{name}: records get a column of that name; rename it in the file" for name in taken]


def _source_faults(source: Source) -> list[str]:
    """Faults of the addresses: not a web address, or a secret in it. No address is quoted."""
    found = []
    if source.url and not WEB.fullmatch(source.url):
        found.append("dataset.source.url is no address of the web: https://...")
    if SECRET.match(source.uri):
        found.append("dataset.source.uri holds a name or password before the @: see docs/sharing.md for credentials")
    return found


def _column_faults(key: str, column: Column) -> list[str]:
    found = [
        f"{key}.{name}={value} is none of: {', '.join(allowed)}"
        for name, value, allowed in (
            ("type", column.type, TYPES),
            ("role", column.role, ROLES),
            ("otherwise", column.otherwise, (STOP, QUARANTINE, SET_MISSING)),
        )
        if value not in allowed
    ]
    for name in ("range", "plausible", "reference"):
        bounds = getattr(column, name)
        if bounds is not None and (len(bounds) != 2 or not bounds[0] <= bounds[1]):
            found.append(f"{key}.{name}={bounds} is not [low, high]")
        if bounds is not None and column.type != NUMBER:
            found.append(f"{key}.{name} needs type number")
    checked = {"pattern": (column.pattern, (CATEGORY, TEXT)), "values": (column.values, (CATEGORY, FLAG))}
    found += [
        f"{key}.{name} needs type {' or '.join(types)}, not {column.type}"
        for name, (given, types) in checked.items()
        if given and column.type in TYPES and column.type not in types
    ]
    if column.type == FLAG and column.values and len(column.values) != 2:
        found.append(f"{key}.values={column.values}: a flag has two, the true one first")
    if column.type == TEXT and column.role == FEATURE:
        found.append(f"{key}: a free text is no feature; give it type category, or role ignore")
    if column.pattern is not None and (wrong := pattern_fault(column.pattern)):
        found.append(f"{key}.pattern={column.pattern[:SHOWN]} {wrong}")
    if column.type == DAY:
        found += _format_faults(f"{key}.format", column.format)
    return found


def _time_faults(time: Time | None) -> list[str]:
    """Faults of where the time stands in its column, and how it is written."""
    if not time:
        return []
    wrong = group_fault(time.pattern)
    pattern = [f"dataset.time.pattern={time.pattern[:SHOWN]} {wrong}"] if wrong else []
    return pattern + _format_faults("dataset.time.format", time.format)


def _format_faults(key: str, form: str) -> list[str]:
    """A fault of a format of dates, if no date can be read by it."""
    try:
        datetime.strptime(datetime(2001, 2, 3).strftime(form), form)
        readable = "%" in form
    except ValueError:
        readable = False
    return [] if readable else [f"{key}={form[:SHOWN]!r} is no format of dates, such as %Y-%m-%d"]
