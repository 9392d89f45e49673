"""The schema of `dataset.sample`: a representative sample of a source that is larger than memory."""

from collections.abc import Collection
from dataclasses import dataclass, field

from assay.config.fields import MISSING, Count, Whole

GRANULARITIES = ("day", "week", "month", "quarter", "year")


@dataclass
class Sample:
    """`rows` rows of the source, in proportion to its strata.

    A stratum is all rows that agree in three things: whether the column `label` has one of the values `positive`, the
    period (`granularity`) of the column `time`, and the values of the columns in `strata`. All positives may be kept,
    and a stratum gives at least `min_per_stratum` rows, or all that it has. `key` is the column that identifies each
    row.
    """

    rows: Count = MISSING
    key: str = MISSING
    label: str | None = None
    positive: list[str] = field(default_factory=list)
    keep_positives: bool = False
    time: str | None = None
    granularity: str = "month"
    strata: list[str] = field(default_factory=list)
    min_per_stratum: Whole = 1
    seed: Whole = 0


def faults(sample: Sample | None, columns: Collection[str]) -> list[str]:
    """Every contradiction, with itself and with the columns of the contract, named by key; empty when all is well."""
    if sample is None:
        return []
    found = []
    if sample.granularity not in GRANULARITIES:
        found.append(f"dataset.sample.granularity={sample.granularity} is none of: {', '.join(GRANULARITIES)}")
    if bool(sample.positive) != bool(sample.label):
        found.append("dataset.sample.label (a column) and dataset.sample.positive (its values) go together")
    if sample.keep_positives and not sample.label:
        found.append("dataset.sample.keep_positives needs dataset.sample.label")
    if sample.key in (sample.label, sample.time, *sample.strata):
        found.append(f"dataset.sample.key={sample.key} cannot make strata: it is different in each row")
    return found + [f"dataset.sample names no column: {name}" for name in named(sample) if name not in columns]


def named(sample: Sample) -> list[str]:
    """The columns that a sample names."""
    return [sample.key, *filter(None, (sample.label, sample.time)), *sample.strata]
