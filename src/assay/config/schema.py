"""The schemas of the configuration: one dataclass per config group.

They have types and ranges; the values are in `conf/`. Those of models are in `assay.config.models`.
`src/hydra_plugins/assay_schemas.py` registers all in Hydra's ConfigStore, so that `dvc exp run`, `assay params` and the
stages refuse the same values.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any

from assay.config import models
from assay.config.dataset import Dataset
from assay.config.fields import MISSING, ByName, Count, NotNegative, Share, Whole, Within

FORMAT = 2
LOCAL, STREAM, DASK = "local", "stream", "dask"
# Of a model, measured by `assay budget`: megabytes, seconds, milliseconds.
FIGURES = (
    "bundle_mb",
    "load_seconds",
    "memory_mb",
    "single_p50_ms",
    "single_p99_ms",
    "records_per_second",
    "train_seconds",
    "train_memory_mb",
)


@dataclass
class Labels:
    """A label policy: which codes of the target are positive, and which cannot be graded.

    `codes`: how a code is read, as "letters" (each a diagnosis) or "whole" (a class). `about`: what positive means, for
    readers.
    """

    name: str = MISSING
    version: Count = MISSING
    codes: str = "letters"
    positive: list[str] = MISSING
    ungradable: list[str] = MISSING
    about: str = ""


@dataclass
class Split:
    """How to divide records into folds.

    By time: validation starts on one day, test on a later one (ISO dates). `data_until`: the day of the newest record
    for which these two were chosen; then both move along, by as many days as the newest record is later (or earlier),
    so that the folds of validation and test keep their lengths. None: they stay where they are. At random, for single
    records ("random") or whole groups ("group"): the shares of validation and test, and a seed.
    """

    name: str = MISSING
    by: str = MISSING
    validation_from: str | None = None
    test_from: str | None = None
    data_until: str | None = None
    validation_share: Annotated[float, Within(0, 0.45, open_low=True)] | None = None
    test_share: Annotated[float, Within(0, 0.45, open_low=True)] | None = None
    seed: Whole | None = None


@dataclass
class Features:
    """The features of the model: whether derived ones are included, and which are left out by name."""

    name: str = MISSING
    derived: bool = MISSING
    drop: list[str] = MISSING


@dataclass
class Engine:
    """How much of a table the stages up to train have in memory: all ("local"), or a batch at a time ("stream").

    `memory`: of DuckDB, such as 800MiB or 2GiB; what exceeds it goes to disk. `sample`: how many records a model learns
    from that cannot train out of core, if all of them would need more than `memory`; 0: then it is refused.
    """

    name: str = LOCAL
    memory: str = "1GiB"
    sample: Whole = 0

    @property
    def in_batches(self) -> bool:
        """Whether tables are read and written batch by batch."""
        return self.name != LOCAL


@dataclass
class StreamEngine(Engine):
    """`workers`: how many processes prepare records; 1: the stage's own."""

    name: str = STREAM
    workers: Annotated[int, Within(1, 1000)] = 2


@dataclass
class DaskEngine(StreamEngine):
    """As "stream"; the workers are those of a dask cluster.

    `scheduler`: the address of one that runs; None: each stage starts `workers` processes here, and ends them.
    `partitions`: into how many the records of a fit are divided, each for another worker; 1: it is fitted as in
    "stream".
    """

    name: str = DASK
    scheduler: str | None = None
    partitions: Annotated[int, Within(1, 1000)] = 1


ENGINES: dict[str, type[Engine]] = {LOCAL: Engine, STREAM: StreamEngine, DASK: DaskEngine}


@dataclass
class Layout:
    """How tables are stored: one of more than `part_rows` rows as a folder of files with so many rows each."""

    part_rows: Count = 250_000


@dataclass
class Training:
    """How a model is fitted, whether it may be recalibrated, and how its threshold is chosen."""

    folds: Annotated[int, Within(2, 50)] = MISSING
    confidence: Annotated[float, Within(0.5, 0.9999)] = MISSING
    refit: bool = MISSING
    recalibrate: bool = MISSING


@dataclass
class Promotion:
    """How old the data may be when a model is promoted: days from the last record to the day `as_of` (None: today).

    `fresh_within_days` None asks for nothing.
    """

    as_of: str | None = None
    fresh_within_days: Annotated[int, Within(0, 100_000)] | None = None


@dataclass
class Cost:
    """Limits on what `assay budget` measures, by the names in `FIGURES`."""

    at_most: dict[str, NotNegative] = field(default_factory=dict)
    at_least: dict[str, NotNegative] = field(default_factory=dict)


@dataclass
class Monitoring:
    """When `assay monitor` finds that records have changed, and when it names the training as too old.

    false_alarm_rate: how often a batch without any change has a finding all the same, at most. least_shift: a smaller
    change of a share of records is none, however many records show it. least_broken: so great a share of records may
    break a rule of the contract. fewest: a month with fewer records is not judged. stale_after_days: from the last day
    of the training to the last record (None: not asked). labels_after_days: a record's label is due so long after it;
    asked of months that are over by then (None: not asked).
    """

    false_alarm_rate: Annotated[float, Within(0, 0.5, open_low=True)] = 0.01
    least_shift: Share = 0.05
    least_broken: Share = 0.005
    fewest: Annotated[int, Within(20, 1_000_000)] = 50
    stale_after_days: Annotated[int, Within(0, 100_000)] | None = None
    labels_after_days: Annotated[int, Within(0, 100_000)] | None = None


@dataclass
class Criteria:
    """What a model must show before anyone should use it."""

    name: str = MISSING
    min_recall: Annotated[float, Within(0, 0.9999)] = MISSING
    max_alerts_per_1000: Annotated[float, Within(0, 1000)] = MISSING
    beat_baselines: list[str] = MISSING
    quality: dict[str, Share] = field(default_factory=dict)  # least share after cleaning, by dimension
    promotion: Promotion = field(default_factory=Promotion)
    cost: Cost = field(default_factory=Cost)
    monitoring: Monitoring = field(default_factory=Monitoring)


@dataclass
class Evaluation:
    """How figures are measured: bootstrap resamples, interval, and the price of a false alert.

    `examples`: how many missed records and how many false alarms the report shows, with the `reasons` strongest reasons
    of each; 0 for none.
    """

    resamples: Annotated[int, Within(20, 1_000_000)] = MISSING
    confidence: Annotated[float, Within(0.5, 0.9999)] = MISSING
    threshold_probability: Annotated[float, Within(0.001, 0.999)] = MISSING
    seed: Whole = MISSING
    examples: Whole = MISSING
    reasons: Count = MISSING


@dataclass
class Audit:
    """The leakage gate. `accept`: what a person has judged harmless, as CODE:FEATURE, or CODE for a whole check.

    `records`: of more cleaned records, the checks that need whole records look at so many, drawn by their ids, at
    least 30; 0 for all.
    """

    accept: list[str] = MISSING
    records: Whole = 100_000


@dataclass
class Review:
    """How many records the review stage puts before people: likely label errors, and borderline cases."""

    suspects: Annotated[int, Within(0, 100_000)] = MISSING
    borderline: Annotated[int, Within(0, 100_000)] = MISSING


@dataclass
class Replay:
    """How production is simulated on dated records: `assay replay`.

    first_months: full months that the first model learns from. label_delay: months until the labels of a month have
    come. validation_share: of the records that a model learns from, the newest, on which early stopping is watched.
    schedule: months between retrainings by the calendar. gap: months at least between two that the monitor asks for.
    """

    first_months: Annotated[int, Within(2, 1000)] = MISSING
    label_delay: Annotated[int, Within(0, 120)] = MISSING
    validation_share: Annotated[float, Within(0.01, 0.5)] = MISSING
    schedule: Annotated[int, Within(1, 1000)] = MISSING
    gap: Annotated[int, Within(1, 1000)] = MISSING


@dataclass
class Config:
    """The whole configuration, as params.yaml holds it."""

    version: int = MISSING
    dataset: Dataset = field(default_factory=Dataset)
    labels: Labels = field(default_factory=Labels)
    split: Split = field(default_factory=Split)
    features: Features = field(default_factory=Features)
    engine: Annotated[Engine, ByName(ENGINES)] = field(default_factory=Engine)
    layout: Layout = field(default_factory=Layout)
    # Any: a model without a schema of its own is one YAML file; see `conf/model/`.
    model: Annotated[Any, ByName(models.MODELS)] = MISSING
    baselines: dict[str, Annotated[Any, ByName(models.MODELS)]] = MISSING
    training: Training = field(default_factory=Training)
    criteria: Criteria = field(default_factory=Criteria)
    evaluation: Evaluation = field(default_factory=Evaluation)
    audit: Audit = field(default_factory=Audit)
    review: Review = field(default_factory=Review)
    replay: Replay = field(default_factory=Replay)
