"""Copies of a table's records, each a little different, in any number.

Each round copies every record once, in another order: its categories, texts, dates and what it lacks come from the
record, its numbers from records of near rank (`assay.enlarging.copula`). So the share of each class and of each pattern
of missing values stays what it is.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute, types

from assay.enlarging.copula import Copula
from assay.errors import AssayError, sample
from assay.records.plain import NUMBERED, require_plain

FEWEST = 10  # different numbers of a column that is drawn anew; one of fewer holds codes
MOSTLY_NUMBERS = 0.5  # share of the texts of a column, other than "", that must be numbers


@dataclass(frozen=True)
class Wish:
    """How many rows, by which seed; `target`: the column of the outcome.

    `numbered`: columns whose texts or whole numbers get the number of the round behind them, such as a key, which stays
    one, and a group, whose copies are groups of their own.
    """

    rows: int
    seed: int
    target: str | None = None
    numbered: Sequence[str] = ()


def enlarged(table: pa.Table, wish: Wish, where: str) -> Iterator[pa.Table]:
    """The copies in batches, each at most as long as the table and with its columns and types.

    AssayError for a column that is not there or cannot be numbered, columns that are not plain, and if no more rows are
    asked for than the table has.
    """
    table = table.select([name for name in table.column_names if not NUMBERED.fullmatch(name)]).unify_dictionaries()
    require_plain(table.schema, where, "write the table anew")
    _require(table, wish, where)
    first = np.random.default_rng([wish.seed, 0])
    copula = Copula(numbers(table, {*wish.numbered, wish.target or ""}), _classes(table, wish.target), first)
    rounds = -(-wish.rows // len(table))
    return (_round(table, copula, wish, number, len(str(rounds - 1))) for number in range(rounds))


def _round(table: pa.Table, copula: Copula, wish: Wish, number: int, digits: int) -> pa.Table:
    rng = np.random.default_rng([wish.seed, 1, number])
    rows = rng.permutation(len(table))[: wish.rows - number * len(table)]
    drawn = copula.draw(rows, rng)
    columns = {name: table.column(name).take(pa.array(drawn.get(name, rows))) for name in table.column_names}
    for name in wish.numbered:
        columns[name] = _numbered(columns[name], number, digits)
    return pa.table(columns, schema=_schema(table, wish))


def _schema(table: pa.Table, wish: Wish) -> pa.Schema:
    plain = [pa.field(one.name, pa.int64() if _is_count(one, wish) else one.type) for one in table.schema]
    return pa.schema(plain)


def _is_count(one: pa.Field, wish: Wish) -> bool:
    return one.name in wish.numbered and types.is_integer(one.type)


def _numbered(column: pa.ChunkedArray, number: int, digits: int) -> pa.ChunkedArray:
    """With the number of the round behind each value."""
    if types.is_integer(column.type):
        return compute.add(compute.multiply(column.cast(pa.int64()), 10**digits), number)
    return compute.binary_join_element_wise(
        column, pa.scalar(f"{number:0{digits}}", column.type), pa.scalar("", column.type)
    )


def numbers(table: pa.Table, without: Collection[str]) -> dict[str, np.ndarray]:
    """The columns that are drawn anew, as numbers (float64), NaN for what is none; of texts too, if most are numbers.

    >>> table = pa.table({"age": [str(age) for age in range(10)] + ["", "?"], "sick": [0, 1] * 6})
    >>> list(numbers(table, without=[]))
    ['age']
    """
    found: dict[str, np.ndarray] = {}
    for name in table.column_names:
        if name not in without and (values := _as_numbers(table.column(name))) is not None:
            distinct = np.unique(values[~np.isnan(values)])
            found |= {name: values} if len(distinct) >= FEWEST else {}
    return found


def _as_numbers(column: pa.ChunkedArray) -> np.ndarray | None:
    if types.is_integer(column.type) or types.is_floating(column.type) or types.is_decimal(column.type):
        values = column.cast(pa.float64()).to_numpy()
    elif types.is_string(column.type) or types.is_large_string(column.type):
        texts = column.to_pandas()
        values = pd.to_numeric(texts, errors="coerce").to_numpy("float64", na_value=np.nan)
        written = int((texts.notna() & (texts != "")).sum())
        if np.isfinite(values).sum() < MOSTLY_NUMBERS * max(1, written):
            return None
    else:
        return None
    return np.where(np.isfinite(values), values, np.nan)


def _classes(table: pa.Table, target: str | None) -> np.ndarray:
    if target is None:
        return np.zeros(len(table), "int64")
    return pd.factorize(table.column(target).to_pandas(), use_na_sentinel=False)[0]


def _require(table: pa.Table, wish: Wish, where: str) -> None:
    named = [name for name in (wish.target, *wish.numbered) if name]
    if unknown := [name for name in named if name not in table.column_names]:
        there = f"choose among: {', '.join(table.column_names)}"
        raise AssayError(f"no column {sample(unknown)}", where=where, todo=there)
    if not len(table):
        raise AssayError("the table has no records", where=where, todo="name one that has some")
    if wish.target in wish.numbered:
        what = f"{wish.target} is the outcome, which a number behind it would change"
        raise AssayError(what, where="--number", todo="number a key or a group")
    if wish.rows <= len(table):
        what = f"{wish.rows} rows are asked for, and the table has {len(table)}"
        raise AssayError(what, where=where, todo="ask for more; for fewer, see docs/sampling.md")
    kinds = {name: table.schema.field(name).type for name in wish.numbered}
    if odd := [f"{n} ({k})" for n, k in kinds.items() if not (types.is_integer(k) or _is_text(k))]:
        raise AssayError(f"not texts or whole numbers: column {sample(odd)}", where=where, todo="name another")


def _is_text(kind: pa.DataType) -> bool:
    return types.is_string(kind) or types.is_large_string(kind)
