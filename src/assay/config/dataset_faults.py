"""Contradictions in a dataset's contract, each named by its key."""

import re
from datetime import datetime

from assay.config import joins, outcome, sample, spelling_faults
from assay.config.dataset import (
    ACTIONS,
    CATEGORY,
    DAY,
    FEATURE,
    FLAG,
    KINDS,
    NUMBER,
    PERSONAL,
    QUARANTINE,
    ROLES,
    SET_MISSING,
    STOP,
    TARGET,
    TEXT,
    TYPES,
    Column,
    Dataset,
    Time,
    is_the_time,
    passes,
    personal_columns,
    targets,
)
from assay.config.expressions import fault
from assay.config.grammar import ALLOWED
from assay.config.like_columns import distinct
from assay.config.patterns import group_fault, pattern_fault
from assay.config.source import WEB, Source
from assay.config.targets import function_fault, knowledge_fault
from assay.config.words import faults as words_faults
from assay.records.columns import CODE, DATE, RECORD_ID, WEIGHT

FORMATS = ("csv", "parquet", "pickle.xz")
SHOWN = 80  # characters of a pattern or a format in a message
SECRET = re.compile(r"\w+(\+\w+)*://[^/?#]*@", re.ASCII)  # user:password@host


def faults(dataset: Dataset) -> list[str]:
    """The contradictions in a contract, each with its key; empty if there are none."""
    columns: dict[str, Column] = dataset.columns
    found = [
        one for name, column in distinct(columns).items() for one in _column_faults(f"dataset.columns.{name}", column)
    ]
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
    found += [f"dataset.words.{one}" for one in words_faults(dataset.words)]
    found += _key_faults(dataset) + _slices_faults(dataset)
    found += [one for key, source in _every_source(dataset).items() for one in _source_faults(key, source)]
    found += spelling_faults.faults(dataset)
    found += _files_faults(dataset)
    found += _time_faults(dataset.time)
    if dataset.source.format not in (None, *FORMATS):
        found.append(f"dataset.source.format={dataset.source.format} is none of: {', '.join(FORMATS)}")
    found += _target_faults(dataset)
    if dataset.personal not in (None, personal_columns(dataset)):
        found.append(
            f"dataset.personal={dataset.personal} are not the columns of that role: {personal_columns(dataset)}"
        )
    if dataset.sample and dataset.source.format not in (None, "parquet"):
        found.append(f"dataset.sample needs Parquet files, not dataset.source.format={dataset.source.format}")
    named_code = ((dataset.knowledge, knowledge_fault, "knowledge"), (dataset.rule, function_fault, "rule"))
    found += [fault for path, check, key in named_code if path and (fault := check(path, f"dataset.{key}"))]
    found += joins.faults(dataset)
    return found + _expression_faults(dataset) + sample.faults(dataset.sample, list(columns))


def _expression_faults(dataset: Dataset) -> list[str]:
    """Faults of the rules, which use the typed columns, and of the population, which uses cleaned records."""
    kinds = {name: KINDS.get(column.type, column.type) for name, column in dataset.columns.items()}
    dated = {DATE: DAY} if dataset.time else {}
    of_the_time = dated if is_the_time(dataset) else {}
    everywhere = dated | {RECORD_ID: TEXT, CODE: TEXT} | ({WEIGHT: NUMBER} if dataset.sample else {})
    own = {name: kind for name, kind in kinds.items() if dataset.columns[name].role != PERSONAL}
    typed = dated | own | of_the_time
    cleaned = everywhere | {name: kind for name, kind in kinds.items() if passes(dataset, name)} | of_the_time
    cleaned |= {dataset.target: TEXT} if dataset.target else {}
    found = [fault(rule.where, typed, f"dataset.rules.{name}.where") for name, rule in dataset.rules.items()]
    found += [
        fault(outside.where, cleaned, f"dataset.population[{number}].where")
        for number, outside in enumerate(dataset.population)
    ]
    wrong = [one for one in found if one]
    return [*wrong, ALLOWED] if wrong else []


def _target_faults(dataset: Dataset) -> list[str]:
    """Faults of where the code of a record comes from: one column, or those that an outcome names."""
    if not (made := dataset.outcome):
        one = [dataset.target] == targets(dataset)
        wrong = f"dataset.target={dataset.target} must be the one column of role target, not: {targets(dataset)}"
        return [] if one else [wrong]
    kinds = {name: KINDS.get(one.type, one.type) for name, one in dataset.columns.items() if one.role == TARGET}
    bounds = dataset.columns[made.time].range if made.time in dataset.columns else None
    both = [f"dataset.target={dataset.target}: null, because dataset.outcome makes the codes"] * bool(dataset.target)
    return [*both, *outcome.faults(made, kinds, bounds[0] if bounds else None)]


def _slices_faults(dataset: Dataset) -> list[str]:
    """Edges of which no bands can be made."""
    found = []
    for name, edges in dataset.slices.items():
        key, kind = f"dataset.slices.{name}={edges}", dataset.columns.get(name, Column(type=NUMBER)).type
        if edges and kind not in (NUMBER, FLAG):
            found.append(f"{key}: bands need type {NUMBER}, not {kind}; [] takes the values")
        if edges != sorted(set(edges)):
            found.append(f"{key}: the edges must ascend")
    return found


def _key_faults(dataset: Dataset) -> list[str]:
    """Ways in which a record could be left without its key: records without one are not found to be repeated."""
    key, column = f"dataset.columns.{dataset.key}", dataset.columns.get(dataset.key or "", Column())
    todo = "give each record its key, or leave out dataset.key, and the row number is the key"
    nullable = [f"{key}.nullable: every record needs its key; {todo}"] if column.nullable else []
    emptied = [f"{key}.otherwise={SET_MISSING}: every record needs its key; choose {STOP} or {QUARANTINE}"]
    return nullable + (emptied if column.otherwise == SET_MISSING else [])


def _every_source(dataset: Dataset) -> dict[str, Source]:
    """The source of the records and those of the other tables, by key."""
    others = {f"dataset.tables.{name}.source": table.source for name, table in dataset.tables.items()}
    return {"dataset.source": dataset.source, **others}


def _source_faults(key: str, source: Source) -> list[str]:
    """Faults of the addresses: not a web address, or a secret in it. No address is quoted."""
    found = []
    if source.url and not WEB.fullmatch(source.url):
        found.append(f"{key}.url is no address of the web: https://...")
    if any(map(SECRET.match, _listed(source.uri))):
        found.append(f"{key}.uri holds a name or password before the @: see docs/sharing.md for credentials")
    return found


def _files_faults(dataset: Dataset) -> list[str]:
    """Faults of lists of files, of records and of other tables; a sample has a pattern of names."""
    found = [one for key, source in _every_source(dataset).items() for one in _list_faults(key, source)]
    if dataset.sample and len(_listed(dataset.source.uri)) > 1:
        found.append("dataset.sample takes one source: name a folder, or a pattern like data/part-*.parquet")
    return found


def _list_faults(key: str, source: Source) -> list[str]:
    """Faults of a list of files: a hash for each, each file once."""
    uris, hashes = _listed(source.uri), _listed(source.sha256)
    found = []
    if len(uris) != len(hashes) or isinstance(source.uri, str) != isinstance(source.sha256, str):
        found.append(f"{key}: {len(uris)} file(s) in uri and {len(hashes)} in sha256: each file has its hash")
    if len({*hashes}) < len(hashes):
        found.append(f"{key}.sha256 has the same hash twice: its records would count twice")
    return found


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


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
