"""What a configuration may say: one dataclass per config group.

The schemas carry types and ranges; the values stand in `conf/`. They are registered in Hydra's ConfigStore by
`src/hydra_plugins/assay_schemas.py`, so that `dvc exp run`, `assay params` and the stages refuse the same things.
"""

from dataclasses import Field, asdict, dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any

from assay.config import dataset as contract
from assay.config import names
from assay.config.dataset import Dataset
from assay.config.fields import MISSING, number
from assay.config.targets import model_faults

FORMAT = 2
SPLITS = ("time", "random", "group")
CODES = ("letters", "whole")
QUALITY = ("accuracy", "completeness", "consistency", "validity", "uniqueness", "timeliness")


@dataclass
class Labels:
    """A label policy: which codes of the target are positive, and which cannot be graded.

    `codes`: how a code is read, as "letters" (each a diagnosis) or "whole" (a class). `about`: what positive means, for
    readers.
    """

    name: str = MISSING
    version: int = number(1)
    codes: str = "letters"
    positive: list[str] = MISSING
    ungradable: list[str] = MISSING
    about: str = ""


@dataclass
class Split:
    """Folds by time: validation starts on one day, test on a later one (ISO dates). Or, by chance, for single records
    ("random") or whole groups ("group"): the shares of validation and test, and a seed.
    """

    name: str = MISSING
    by: str = MISSING
    validation_from: str | None = None
    test_from: str | None = None
    validation_share: float | None = number(0, 0.45, open_low=True, default=None)
    test_share: float | None = number(0, 0.45, open_low=True, default=None)
    seed: int | None = number(0, default=None)


@dataclass
class Features:
    """Which features the model sees: the derived ones or not, and those left out by name."""

    name: str = MISSING
    derived: bool = MISSING
    drop: list[str] = MISSING


@dataclass
class Model:
    """What every model has; `threshold: null` means that it is chosen under the recall floor."""

    name: str = MISSING
    threshold: float | None = number(0, 1, default=None)
    _target_: str = MISSING


@dataclass
class Majority(Model):
    strategy: str = MISSING


@dataclass
class HandRule(Model):
    rule: str | None = MISSING


@dataclass
class Logistic(Model):
    C: float = number(0, open_low=True)
    class_weight: str | None = MISSING
    max_iter: int = number(1)


@dataclass
class RandomForest(Model):
    n_estimators: int = number(1)
    max_depth: int | None = number(1)
    min_samples_leaf: int = number(1)
    max_features: float = number(0, 1, open_low=True)
    random_state: int = number(0)


@dataclass
class HistGBM(Model):
    max_iter: int = number(1)
    learning_rate: float = number(0, open_low=True)
    max_leaf_nodes: int = number(2)
    min_samples_leaf: int = number(1)
    l2_regularization: float = number(0)
    n_iter_no_change: int = number(1)
    early_stopping: bool = MISSING
    random_state: int = number(0)


@dataclass
class XGBoost(Model):
    n_estimators: int = number(1)
    learning_rate: float = number(0, open_low=True)
    max_depth: int = number(1, 64)
    min_child_weight: float = number(0)
    subsample: float = number(0, 1, open_low=True)
    colsample_bytree: float = number(0, 1, open_low=True)
    reg_lambda: float = number(0)
    tree_method: str = MISSING
    enable_categorical: bool = MISSING
    eval_metric: str = MISSING
    early_stopping_rounds: int | None = number(1)
    random_state: int = number(0)


MODELS: dict[str, type[Model]] = {
    "majority": Majority,
    "rule": HandRule,
    "logistic": Logistic,
    "random_forest": RandomForest,
    "hist_gbm": HistGBM,
    "xgboost": XGBoost,
}


@dataclass
class Training:
    """How a model is fitted and how its threshold is chosen."""

    folds: int = number(2, 50)
    confidence: float = number(0.5, 0.9999)
    refit: bool = MISSING


@dataclass
class Criteria:
    """What a model must show before anyone should use it."""

    name: str = MISSING
    min_recall: float = number(0, 0.9999)
    max_alerts_per_1000: float = number(0, 1000)
    beat_baselines: list[str] = MISSING
    quality: dict[str, float] = field(default_factory=dict)  # least share after cleaning, by dimension


@dataclass
class Evaluation:
    """How figures are measured: bootstrap resamples, interval, and the price of a false alert."""

    resamples: int = number(20, 1_000_000)
    confidence: float = number(0.5, 0.9999)
    threshold_probability: float = number(0.001, 0.999)
    seed: int = number(0)


@dataclass
class Audit:
    """The leakage gate. `accept` holds codes of checks whose errors a person has judged harmless: they stop nothing."""

    accept: list[str] = MISSING


@dataclass
class Review:
    """How many records the review stage puts before people: likely label errors, and borderline cases."""

    suspects: int = number(0, 100_000)
    borderline: int = number(0, 100_000)


@dataclass
class Config:
    """The whole configuration, as params.yaml holds it."""

    version: int = MISSING
    dataset: Dataset = field(default_factory=Dataset)
    labels: Labels = field(default_factory=Labels)
    split: Split = field(default_factory=Split)
    features: Features = field(default_factory=Features)
    # Any: a model without a schema of its own is one YAML file; see `conf/model/`.
    model: Any = MISSING
    baselines: dict[str, Any] = MISSING
    training: Training = field(default_factory=Training)
    criteria: Criteria = field(default_factory=Criteria)
    evaluation: Evaluation = field(default_factory=Evaluation)
    audit: Audit = field(default_factory=Audit)
    review: Review = field(default_factory=Review)


def faults(config: Config) -> list[str]:
    """Every value out of its range and every contradiction, named by key; empty when all is well."""
    return [
        *_range_faults(config, ""),
        *names.faults(config),
        *contract.faults(config.dataset),
        *_model_faults(config.model, "model"),
        *(f for name, model in config.baselines.items() for f in _model_faults(model, f"baselines.{name}")),
        *_split_faults(config),
        *_label_faults(config.labels),
        *_criteria_faults(config),
        *_rule_faults(config),
    ]


def _range_faults(node: Any, prefix: str) -> list[str]:
    if isinstance(node, dict):
        return [fault for name, value in node.items() for fault in _range_faults(value, f"{prefix}{name}.")]
    if not is_dataclass(node):
        return []
    found: list[str] = []
    for item in fields(node):
        key, value = f"{prefix}{item.name}", getattr(node, item.name)
        found += _range_faults(value, f"{key}.")
        if value is not None and "low" in item.metadata:
            found += _out_of_range(item, key, value)
    return found


def _out_of_range(item: Field, key: str, value: float) -> list[str]:
    low, high, open_low = (item.metadata[name] for name in ("low", "high", "open_low"))
    below = value <= low if open_low else value < low
    if not (below or value > high or value != value):
        return []
    bracket = "(" if open_low else "["
    return [f"{key}={value} is outside {bracket}{low:g}, {high:g}]"]


def _model_faults(model: Any, key: str) -> list[str]:
    if is_dataclass(model) and not isinstance(model, type):
        return model_faults(asdict(model), key)  # its ranges were checked with the rest
    if not isinstance(model, dict):
        return [f"{key}={model!r} is no mapping"]
    missing = [f"{key}.{name} is missing" for name in ("name", "_target_") if name not in model]
    return missing + model_faults(model, key)


def _split_faults(config: "Config") -> list[str]:
    split = config.split
    if split.by not in SPLITS:
        return [f"split.by={split.by} is none of: {', '.join(SPLITS)}"]
    if split.by == "group" and not config.dataset.group:
        return ["split.by=group needs dataset.group: the column of who belongs together"]
    if split.by == "time":
        return _date_faults(split)
    return [
        f"split.{name} is missing"
        for name in ("validation_share", "test_share", "seed")
        if getattr(split, name) is None
    ]


def _date_faults(split: Split) -> list[str]:
    days = {}
    for key in ("validation_from", "test_from"):
        try:
            days[key] = date.fromisoformat(getattr(split, key) or "")
        except ValueError:
            return [f"split.{key}={getattr(split, key)} is not a date like 1986-01-01"]
    if days["validation_from"] < days["test_from"]:
        return []
    return ["split.test_from must come after split.validation_from"]


def _label_faults(labels: Labels) -> list[str]:
    both = sorted(set(labels.positive) & set(labels.ungradable))
    found = [] if labels.positive else ["labels.positive is empty: no record could be positive"]
    if labels.codes not in CODES:
        found.append(f"labels.codes={labels.codes} is none of: {', '.join(CODES)}")
    return found + [f"labels: code {code} is both positive and ungradable" for code in both]


def _rule_faults(config: Config) -> list[str]:
    rule = getattr(config.model, "rule", True)
    return [] if rule else ["model=rule needs dataset.rule: this dataset has no hand rule"]


def _criteria_faults(config: Config) -> list[str]:
    criteria = config.criteria
    unknown = [name for name in criteria.beat_baselines if name not in config.baselines]
    found = [f"criteria.beat_baselines names {name}, which is not among baselines" for name in unknown]
    found += [
        f"criteria.quality.{name} is none of: {', '.join(QUALITY)}" for name in criteria.quality if name not in QUALITY
    ]
    return found + [
        f"criteria.quality.{n}={v} is outside [0, 1]" for n, v in criteria.quality.items() if not 0 <= v <= 1
    ]
