"""The steps of drawing a sample: strata and their sizes, a key for each row, the rows."""

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
PLACES = 16**32  # an MD5 in hexadecimal
EVERY_PLACE = "g"  # above each of them
SLACK = 6.0  # standard deviations: a stratum is short of candidates less than once in a billion times


@dataclass(frozen=True)
class Stratum:
    """The values that make it (a text or None each), its rows in the source, and how many of them were drawn."""

    values: tuple[str | None, ...]
    size: int
    rows: int


def counted(connection: "duckdb.DuckDBPyConnection", spec: "Sample", uri: str) -> list[Stratum]:
    """Every stratum with its size, in order of its values."""
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
    """Whether its rows are positives; the label comes first among the values."""
    return bool(spec.label) and stratum.values[0] == "true"


def allocated(strata: Sequence[Stratum], spec: "Sample") -> list[Stratum]:
    """The strata with the number of rows that each gives."""
    whole = [spec.keep_positives and positive(stratum, spec) for stratum in strata]
    sizes = [stratum.size for stratum in strata]
    shares = allocate(sizes, spec.rows, at_least=spec.min_per_stratum, whole=whole)
    return [Stratum(stratum.values, stratum.size, share) for stratum, share in zip(strata, shares, strict=True)]


def require_unique(connection: "duckdb.DuckDBPyConnection", key: str, uri: str) -> None:
    """Refuse a key that stands in more than one row."""
    if repeated := [row[0] for row in connection.execute(sql.repeated(key)).fetchall()]:
        shown = f"{sample(repeated[: sql.SHOWN - 1])}{' and more' if len(repeated) == sql.SHOWN else ''}"
        raise AssayError(
            f"column {key} is no key: repeated values {shown}", where=uri, todo="name a key, or drop the repeated rows"
        )


def select(
    connection: "duckdb.DuckDBPyConnection", spec: "Sample", strata: Sequence[Stratum], slack: float = SLACK
) -> None:
    """Bring together the rows that can be among the first of their stratum.

    Places are spread evenly, so the first n of N rows lie below the share n / N of all places and some slack. Should
    a stratum be short of candidates all the same, all of its rows are looked at.
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
    """The place below which a stratum's candidates lie."""
    wanted = int(stratum.rows + slack * (stratum.rows**0.5 + 1)) if stratum.rows else 0
    return EVERY_PLACE if wanted >= stratum.size else f"{PLACES * wanted // stratum.size:032x}"


def table_of(strata: Sequence[Stratum], cuts: Sequence[str]) -> "pa.Table":
    """The strata as the queries read them."""
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
    """Write a query's rows in its order; the same bytes however the engine cuts its result."""
    from pyarrow import parquet

    table = connection.sql(query).to_arrow_table().combine_chunks()
    with replacing(target) as scratch:
        parquet.write_table(table, scratch)
