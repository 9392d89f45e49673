"""The queries of sampling, in DuckDB's SQL; this module reads and writes no file.

A row's place within its stratum is the MD5 of seed and key. MD5 is a standard, so the sample does not depend on the
version of the engine, the order of the rows or their division into files.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.records.database import identifier, literal

if TYPE_CHECKING:
    from assay.config.sample import Sample

SOURCE, STRATA, CANDIDATES, DRAWN = "source", "strata", "candidates", "drawn"
# A prefix keeps our own columns apart from those of the source, which may have any name.
PLACE, STRATUM, SIZE, ROWS, CUT = (f"_sampling_{name}" for name in ("place", "stratum", "size", "rows", "cut"))
VALUE = "_sampling_value_{}"
SHOWN = 6


def text(name: str) -> str:
    """A column as text."""
    return f"CAST({identifier(name)} AS VARCHAR)"


def strata(spec: "Sample") -> list[tuple[str, str]]:
    """The columns that make the strata: the name of each, and a SQL expression of type text."""
    made = []
    if spec.label:
        positive = ", ".join(literal(value) for value in spec.positive)
        made.append((f"{spec.label} is positive", f"CAST({text(spec.label)} IN ({positive}) AS VARCHAR)"))
    if spec.time:
        start = f"date_trunc('{spec.granularity}', CAST({identifier(spec.time)} AS TIMESTAMP))"
        made.append((f"{spec.granularity} of {spec.time}", f"CAST(CAST({start} AS DATE) AS VARCHAR)"))
    return [*made, *((name, text(name)) for name in spec.strata)]


def counts(spec: "Sample") -> str:
    """The strata: their values, rows, and rows without a key."""
    expressions = "".join(f"{expression}, " for _, expression in strata(spec))
    return f"SELECT {expressions}count(*), count(*) - count({identifier(spec.key)}) FROM {SOURCE} GROUP BY ALL"


def repeated(key: str) -> str:
    """A few of the keys that more than one row has."""
    name = identifier(key)
    return f"SELECT {name} FROM {SOURCE} GROUP BY {name} HAVING count(*) > 1 ORDER BY {name} LIMIT {SHOWN}"


def values(name: str) -> str:
    """A few of the values of a column, as texts."""
    return f"SELECT DISTINCT {text(name)} AS value FROM {SOURCE} ORDER BY value LIMIT {SHOWN}"


def candidates(spec: "Sample") -> str:
    """The rows whose place is below the cut of their stratum, joined with the table of strata."""
    matches = [
        f"{expression} IS NOT DISTINCT FROM {VALUE.format(index)}" for index, (_, expression) in enumerate(strata(spec))
    ]
    condition = " AND ".join([*matches, f"{PLACE} < {CUT}"])
    place = f"md5({literal(f'{spec.seed}:')} || {text(spec.key)}) AS {PLACE}"
    return (
        f"CREATE OR REPLACE TEMP TABLE {CANDIDATES} AS "
        f"SELECT * FROM (SELECT *, {place} FROM {SOURCE}) JOIN {STRATA} ON {condition}"
    )


def gathered() -> str:
    """How many candidates each stratum has."""
    return f"SELECT {STRATUM}, count(*) FROM {CANDIDATES} GROUP BY {STRATUM}"


def drawn(spec: "Sample", columns: Sequence[str], weight: str) -> str:
    """The rows with the first places of each stratum, with their inclusion weight, in order of the key."""
    key = identifier(spec.key)
    listed = ", ".join(identifier(name) for name in columns)
    first = f"row_number() OVER (PARTITION BY {STRATUM} ORDER BY {PLACE}, {key}) <= {ROWS}"
    inclusion = f"CAST({SIZE} AS DOUBLE) / {ROWS} AS {identifier(weight)}"
    return f"SELECT {listed}, {inclusion} FROM {CANDIDATES} QUALIFY {first} ORDER BY {key}"


def finite(name: str) -> str:
    """A column as a number; what is no finite number becomes missing."""
    number = f"CAST({identifier(name)} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def seconds(name: str) -> str:
    """A column of times as a number."""
    return f"CAST(epoch({identifier(name)}) AS DOUBLE)"


def weighted(expression: str, weight: str) -> str:
    """The distinct values of the sample in order, with weight and count."""
    return f"SELECT {expression}, {identifier(weight)}, count(*) FROM {DRAWN} GROUP BY ALL ORDER BY ALL"


def histogram(expression: str, points: Sequence[float]) -> str:
    """Counts of all rows: a map from each point to the rows above the point before it and up to it; values; rows."""
    listed = ", ".join(map(repr, points))
    return f"SELECT histogram({expression}, [{listed}]::DOUBLE[]), count({expression}), count(*) FROM {SOURCE}"


def distinct(name: str) -> str:
    """The approximate number of distinct values of a column."""
    return f"SELECT approx_count_distinct({identifier(name)}) FROM {SOURCE}"


def frequencies(name: str) -> str:
    """The values of a column as texts, and how many rows have each."""
    return f"SELECT {text(name)}, count(*) FROM {SOURCE} GROUP BY ALL ORDER BY ALL"
