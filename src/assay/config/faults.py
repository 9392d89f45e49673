"""Contradictions in the configuration, each named by its key: its own, and those of its parts."""

import re
from datetime import date

from assay.config import classes, dataset_faults, models, names
from assay.config.schema import ENGINES, FIGURES, Config, DaskEngine, Engine, Labels, Split
from assay.config.targets import MEMBERS
from assay.config.words import QUALITY

SPLITS = ("time", "random", "group")
CODES = ("letters", "whole")
MEMORY = re.compile(r"[1-9]\d{0,5}(MiB|GiB)", re.ASCII)
LEAST_AUDITED = 30  # records; a check wants so many positives to tell a leak from luck
TOO_FEW = f"audit.records={{}} must be at least {LEAST_AUDITED}, or 0 for all"
SCHEDULER = re.compile(r"(tcp|tls|ucx|ws|wss)://\S+:\d{1,5}", re.ASCII)  # between machines


def faults(config: Config) -> list[str]:
    """Every contradiction, named by key; empty when all is well."""
    return [
        *names.faults(config),
        *dataset_faults.faults(config.dataset),
        *models.faults(config.model, "model"),
        *(f for name, model in config.baselines.items() for f in models.faults(model, f"baselines.{name}")),
        *_split_faults(config),
        *_engine_faults(config),
        *label_faults(config.labels),
        *classes.faults(config.labels, config.dataset),
        *_criteria_faults(config),
        *_rule_faults(config),
        *([TOO_FEW.format(config.audit.records)] if 0 < config.audit.records < LEAST_AUDITED else []),
    ]


def _split_faults(config: Config) -> list[str]:
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
        if not (day := getattr(split, key)):
            return [f"split.{key} is missing: give a date like 1986-01-01"]
        try:
            days[key] = date.fromisoformat(day)
        except ValueError:
            return [f"split.{key}={day} is not a date like 1986-01-01"]
    if days["validation_from"] >= days["test_from"]:
        return ["split.test_from must come after split.validation_from"]
    if split.data_until is None:
        return []
    if found := _day_faults("split.data_until", split.data_until or "none"):
        return found
    later = date.fromisoformat(split.data_until) >= days["test_from"]
    return [] if later else ["split.data_until must not come before split.test_from: the test fold would be empty"]


def _engine_faults(config: Config) -> list[str]:
    engine = config.engine
    if not isinstance(engine, Engine):
        return [f"engine.name={engine.get('name')} is none of: {', '.join(ENGINES)}"]
    what = f"engine.memory={engine.memory} is no whole number of MiB or GiB, such as 800MiB or 2GiB"
    found = [] if MEMORY.fullmatch(engine.memory) else [what]
    if engine.sample and not engine.in_batches:
        found.append(
            f"engine.sample={engine.sample} needs engine=stream or engine=dask: here models learn from all records"
        )
    return found + (_cluster_faults(engine) if isinstance(engine, DaskEngine) else [])


def _cluster_faults(engine: DaskEngine) -> list[str]:
    if engine.scheduler:
        fits = SCHEDULER.fullmatch(engine.scheduler)
        return [] if fits else [f"engine.scheduler={engine.scheduler} is no address like tcp://HOST:8786"]
    if engine.partitions <= engine.workers:
        return []
    return [f"engine.partitions={engine.partitions} needs as many engine.workers, which are {engine.workers}"]


def label_faults(labels: Labels) -> list[str]:
    """The contradictions within a policy."""
    both = sorted(set(labels.positive) & set(labels.ungradable))
    found = [] if labels.positive else ["labels.positive is empty: no record could be positive"]
    if labels.codes not in CODES:
        found.append(f"labels.codes={labels.codes} is none of: {', '.join(CODES)}")
    return found + [f"labels: code {code} is both positive and ungradable" for code in both]


def _rule_faults(config: Config) -> list[str]:
    every = [config.model, *getattr(config.model, MEMBERS, {}).values()]
    rule = all(getattr(one, "rule", True) for one in every)
    return [] if rule else ["model=rule needs dataset.rule: this dataset has no hand rule"]


def _criteria_faults(config: Config) -> list[str]:
    criteria = config.criteria
    unknown = [name for name in criteria.beat_baselines if name not in config.baselines]
    found = [f"criteria.beat_baselines names {name}, which is not among baselines" for name in unknown]
    found += [
        f"criteria.quality.{name} is none of: {', '.join(QUALITY)}" for name in criteria.quality if name not in QUALITY
    ]
    for limits in ("at_most", "at_least"):
        names = [name for name in getattr(criteria.cost, limits) if name not in FIGURES]
        found += [f"criteria.cost.{limits}.{name} is none of: {', '.join(FIGURES)}" for name in names]
    return found + _day_faults("criteria.promotion.as_of", criteria.promotion.as_of)


def _day_faults(key: str, day: str | None) -> list[str]:
    try:
        date.fromisoformat(day or "2000-01-01")
    except ValueError:
        return [f"{key}={day} is not a date like 1986-01-01"]
    return []
