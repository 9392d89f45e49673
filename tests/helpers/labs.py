"""Three records, and laboratory results to make a column of."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from assay.config.dataset import Column, Dataset, Made, Table
from assay.config.source import Source
from assay.joins.join import Joiner, joining

NUMBER, TEXT = Column("number", nullable=True), Column("category", nullable=True)
RECORDS = pd.DataFrame({"id": ["1", "2", "3"], "visit": ["2020-01-10", "2020-02-01", ""]})
LABS = pd.DataFrame(
    [
        ("1", "2020-01-01", "hdl", "50"),
        ("1", "2020-01-09", "hdl", "60"),
        ("1", "2020-01-10", "ldl", "99"),
        ("1", "2020-01-11", "hdl", "70"),  # the day after the record was made
        ("2", "2020-01-31", "hdl", ""),
        ("2", "2020-01-01", "hdl", "40"),
        ("3", "2020-01-01", "hdl", "30"),  # this record has no time
        ("9", "2020-01-01", "hdl", "20"),
    ],
    columns=["id", "day", "test", "value"],
)
HDL = {"test": ["hdl"]}


def contract(made: Made, kind: Column = NUMBER) -> Dataset:
    columns = {"id": Column("text", "id"), "visit": Column("date", "ignore"), "made": kind}
    table = Table(Source(), "id", time="day", format="%Y-%m-%d")
    return Dataset(columns=columns, key="id", index="visit", tables={"labs": table}, made={"made": made})


@contextmanager
def joiner(labs: pd.DataFrame, dataset: Dataset) -> Iterator[Joiner]:
    with joining({"labs": [labs]}, dataset) as join:
        yield join


def joined(labs: pd.DataFrame, dataset: Dataset, records: pd.DataFrame = RECORDS) -> pd.DataFrame:
    with joiner(labs, dataset) as join:
        return join(records)


def counts(labs: pd.DataFrame, dataset: Dataset, records: pd.DataFrame = RECORDS) -> dict[str, dict[str, int]]:
    with joiner(labs, dataset) as join, join.pending([records]) as pending:
        return pending.counts()
