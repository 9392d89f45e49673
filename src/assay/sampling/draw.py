"""The steps of drawing a sample: count the strata, require a unique key, select and write the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import AssayError, sample
from assay.files import replacing
from assay.sampling import sql
from assay.sampling.allocation import allocate

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from assay.config.sample import Sample

MOST_STRATA = 10_000
PLACES = 16**32  # the number of MD5 hashes, which are a row's places
EVERY_PLACE = "g"  # sorts after every MD5 in hexadecimal
SLACK = 6.0  # standard deviations: a stratum gets too few candidates less than once in a billion times


@dataclass(frozen=True)
class Stratum:
    """The values of its columns (each a text or None), its size in the source, and the number of rows to draw."""

    values: tuple[str | None, ...]
    size: int
    rows: int


def counted(connection: "duckdb.DuckDBPyConnection", spec: "Sample", uri: str) -> list[Stratum]:
    """Every stratum with its size, in order of their values.

    AssayError for too many strata, rows without a key, a source without rows, or a source without positives.
    """
    counts = connection.execute(sql.counts(spec)).fetchmany(MOST_STRATA + 1)
    if len(counts) > MOST_STRATA:
        raise AssayError(
            f"there are more than {MOST_STRATA} strata",
            where=uri,
            todo="take columns with fewer values, or longer times",
        )
    if keyless := sum(row[-1] for row in counts):
        raise AssayError(f"{keyless} rows have no {spec.key}", where=uri, todo="name a key that every row has")
    strata = [Stratum(tuple(row[:-2]), row[-2], 0) for row in counts if row[-2]]
    if not strata:
        raise AssayError("the source has no rows", where=uri, todo="restore it")
    if spec.label and not any(positive(stratum, spec) for stratum in strata):
        there = [row[0] for row in connection.execute(sql.values(spec.label)).fetchall()]
        raise AssayError(
            f"no row is positive: {spec.label} is never one of {', '.join(spec.positive)}; it is: {sample(there)}",
            where=uri,
            todo="correct dataset.sample.positive",
        )
    return sorted(strata, key=lambda stratum: [(value is not None, value or "") for value in stratum.values])


def positive(stratum: Stratum, spec: "Sample") -> bool:
    """Whether the rows of a stratum are positives: the label is the first of its values."""
    return bool(spec.label) and stratum.values[0] == "true"


def allocated(strata: Sequence[Stratum], spec: "Sample") -> list[Stratum]:
    """The strata with the number of rows to draw from each."""
    whole = [spec.keep_positives and positive(stratum, spec) for stratum in strata]
    sizes = [stratum.size for stratum in strata]
    shares = allocate(sizes, spec.rows, at_least=spec.min_per_stratum, whole=whole)
    return [Stratum(stratum.values, stratum.size, share) for stratum, share in zip(strata, shares, strict=True)]


def require_unique(connection: "duckdb.DuckDBPyConnection", key: str, uri: str) -> None:
    """AssayError if two rows have the same key."""
    if repeated := [row[0] for row in connection.execute(sql.repeated(key)).fetchall()]:
        shown = f"{sample(repeated[: sql.SHOWN - 1])}{' and more' if len(repeated) == sql.SHOWN else ''}"
        raise AssayError(
            f"column {key} is no key: repeated values {shown}", where=uri, todo="name a key, or drop the repeated rows"
        )


def select(
    connection: "duckdb.DuckDBPyConnection", spec: "Sample", strata: Sequence[Stratum], slack: float = SLACK
) -> None:
    """Write a table of candidates: rows that can be among the first of their stratum.

    Places are spread evenly, so the first n of N rows lie below the share n / N of all places, plus some slack. If a
    stratum still has too few candidates, all of its rows are taken.
    """
    cuts = [cut(stratum, slack) for stratum in strata]
    while True:
        connection.register("strata_of_python", table_of(strata, cuts))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {sql.STRATA} AS SELECT * FROM strata_of_python")
        connection.execute(sql.candidates(spec))
        there = dict(connection.execute(sql.gathered()).fetchall())
        short = [index for index, stratum in enumerate(strata) if there.get(index, 0) < stratum.rows]
        if not short:
            return
        cuts = [EVERY_PLACE if index in short else cut for index, cut in enumerate(cuts)]


def cut(stratum: Stratum, slack: float) -> str:
    """The place below which all candidates of a stratum lie, as an MD5 in hexadecimal."""
    wanted = int(stratum.rows + slack * (stratum.rows**0.5 + 1)) if stratum.rows else 0
    return EVERY_PLACE if wanted >= stratum.size else f"{PLACES * wanted // stratum.size:032x}"


def table_of(strata: Sequence[Stratum], cuts: Sequence[str]) -> "pa.Table":
    """The strata as an Arrow table for the queries."""
    import pyarrow as pa

    values = zip(*(one.values for one in strata), strict=True)
    return pa.table(
        {
            **{sql.VALUE.format(index): pa.array(texts, pa.string()) for index, texts in enumerate(values)},
            sql.STRATUM: pa.array(range(len(strata)), pa.int32()),
            sql.SIZE: [one.size for one in strata],
            sql.ROWS: [one.rows for one in strata],
            sql.CUT: list(cuts),
        }
    )


def write(connection: "duckdb.DuckDBPyConnection", query: str, target: Path) -> None:
    """Write a query's rows in its order as Parquet: the same bytes, however the engine divides its result."""
    from pyarrow import parquet

    table = connection.sql(query).to_arrow_table().combine_chunks()
    with replacing(target) as scratch:
        parquet.write_table(table, scratch)
