"""Does the sample represent all rows? Compared column by column; of all rows only counts are in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.records.columns import WEIGHT
from assay.records.database import scan
from assay.sampling import sql
from assay.sampling.draw import Stratum, positive
from assay.statistics.binomial import effective, interval
from assay.statistics.distances import Distance, kolmogorov_smirnov, total_variation

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from assay.config.sample import Sample

POINTS = 1000  # quantiles of the sample, at which the distributions of a number are compared
MOST_CATEGORIES = 1000
CONFIDENCE = 0.95  # that all intervals of a report hold together


@dataclass(frozen=True)
class Prevalence:
    """The share of positives in all rows, the weighted share in the sample, and its interval."""

    source: float
    sample: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Representativeness:
    """The report on a sample of `drawn` of `rows` rows.

    effective: the effective number of rows (`assay.statistics.binomial.effective`). strata_by: the columns that made
    the strata. prevalence: None without a label. columns: the distance of each column. left_out: why others were not
    compared.
    """

    rows: int
    drawn: int
    effective: float
    strata: int
    strata_by: list[str]
    prevalence: Prevalence | None
    columns: dict[str, Distance]
    left_out: dict[str, str]


def compare(
    connection: "duckdb.DuckDBPyConnection",
    spec: "Sample",
    strata: Sequence[Stratum],
    columns: "Mapping[str, pa.DataType]",
    drawn: Path,
    advance: Callable[[], Any] = lambda: None,
) -> Representativeness:
    """Compare these columns of the weighted sample in `drawn` with the source; `advance` is called after each.

    Numbers and times are compared by the Kolmogorov-Smirnov distance at `POINTS` quantiles of the sample, where a
    missing value counts as the largest; texts and booleans by total variation, where a missing value counts as one more
    value.
    """
    connection.execute(f"CREATE OR REPLACE VIEW {sql.DRAWN} AS {scan([drawn])}")
    weight = np.concatenate([np.full(one.rows, one.size / one.rows) for one in strata if one.rows])
    effective_n = effective(weight)
    measures = {name: measure(kind) for name, kind in columns.items()}
    confidence = 1 - (1 - CONFIDENCE) / max(1, sum(one is not None for one in measures.values()))
    distances, left_out = {}, {}
    for name, one in measures.items():
        distance = one(connection, name, effective_n, confidence) if one else f"of type {columns[name]}"
        if isinstance(distance, Distance):
            distances[name] = distance
        else:
            left_out[name] = distance
        advance()
    return Representativeness(
        rows=sum(one.size for one in strata),
        drawn=len(weight),
        effective=effective_n,
        strata=len(strata),
        strata_by=[name for name, _ in sql.strata(spec)],
        prevalence=prevalence(strata, spec, effective_n) if spec.label else None,
        columns=distances,
        left_out=left_out,
    )


Measure = Callable[["duckdb.DuckDBPyConnection", str, float, float], Distance | str]


def measure(kind: "pa.DataType") -> Measure | None:
    """The function that compares columns of a type; None if none does."""
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    if any(is_kind(kind) for is_kind in (types.is_integer, types.is_floating, types.is_decimal)):
        return lambda *rest: of_numbers(sql.finite, *rest)
    if types.is_date(kind) or types.is_timestamp(kind):
        return lambda *rest: of_numbers(sql.seconds, *rest)
    if any(is_kind(kind) for is_kind in (types.is_string, types.is_large_string, types.is_boolean)):
        return of_categories
    return None


def of_numbers(
    number: Callable[[str], str],
    connection: "duckdb.DuckDBPyConnection",
    name: str,
    effective_n: float,
    confidence: float,
) -> Distance:
    """The distance of a column of numbers; `number` gives the SQL that turns a column into a number."""
    found = connection.execute(sql.weighted(number(name), WEIGHT)).fetchall()
    values, weight, count = np.array(found, dtype=float).T  # a missing value becomes NaN
    there, mass = np.isfinite(values), weight * count
    points = quantiles(values[there], count[there])
    bins = np.full(len(mass), len(points) + 1)
    bins[there] = np.searchsorted(points, values[there])
    drawn = np.bincount(bins, mass, minlength=len(points) + 2)
    below, present, rows = connection.execute(sql.histogram(number(name), points.tolist())).fetchall()[0]
    up_to = [below[point] if below else 0 for point in points.tolist()]  # NULL where there is no value at all
    everyone = np.array([*up_to, present - sum(up_to), rows - present])
    return kolmogorov_smirnov(everyone, drawn, effective_n, confidence)


def quantiles(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """At most `POINTS` of the sorted `values`, with equally many rows between them; (0,) without a value.

    count: (values,), how often each value is there.
    """
    if not len(values):
        return np.zeros(1)
    rank = np.cumsum(count)
    return np.unique(values[np.searchsorted(rank, np.linspace(1, rank[-1], POINTS))])


def of_categories(
    connection: "duckdb.DuckDBPyConnection", name: str, effective_n: float, confidence: float
) -> Distance | str:
    """The distance of a column of categories, or the reason why there is none."""
    if connection.execute(sql.distinct(name)).fetchall()[0][0] > MOST_CATEGORIES:
        return f"more than {MOST_CATEGORIES} different values"
    everyone = dict(connection.execute(sql.frequencies(name)).fetchall())
    drawn = dict.fromkeys(everyone, 0.0)
    for value, weight, count in connection.execute(sql.weighted(sql.text(name), WEIGHT)).fetchall():
        drawn[value] += weight * count
    masses = [np.array(list(counts.values()), dtype=float) for counts in (everyone, drawn)]
    return total_variation(masses[0], masses[1], effective_n, confidence)


def prevalence(strata: Sequence[Stratum], spec: "Sample", effective_n: float) -> Prevalence:
    """The share of positives in the source and in the weighted sample.

    The interval (Clopper & Pearson, on effective counts) is that of a sample which is not stratified by the label. It
    is too wide for this one, and shows what another sample of the population behind the source could give.
    """
    rows = sum(one.size for one in strata)
    source = sum(one.size for one in strata if positive(one, spec)) / rows
    given = [(one.rows * (one.size / one.rows), positive(one, spec)) for one in strata if one.rows]
    share = sum(mass for mass, is_positive in given if is_positive) / sum(mass for mass, _ in given)
    return Prevalence(source, share, interval(share * effective_n, effective_n, CONFIDENCE))


def as_data(report: Representativeness) -> dict[str, Any]:
    """The report for JSON."""
    columns = {
        name: {**asdict(distance), "representative": distance.representative}
        for name, distance in report.columns.items()
    }
    return {**asdict(report), "columns": columns, "confidence": CONFIDENCE}
