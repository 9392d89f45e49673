"""Facts for the page of readiness, with a text from outside wherever one can be."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from assay.budget.command import Budget
from assay.config.dataset import Column, Dataset, Outside
from assay.config.schema import Cost, Labels, Promotion
from assay.readiness.facts import Facts, Registry, Span

TODAY = date(2026, 1, 31)
INTERVALS = {"recall": [0.85, 0.95], "precision": [0.4, 0.6], "alerts_per_1000": [50.0, 70.0]}
METRICS = {
    "alerts_per_1000": 60.0,
    "false_positives": 50,
    "positives": 60,
    "precision": 0.5,
    "prevalence": 0.05,
    "recall": 0.9,
    "records": 1200,
    "true_positives": 54,
}


def dataset(text: str = "harmless") -> Dataset:
    """A contract with a column of each kind of need."""
    columns = {
        "key": Column("text", "id", about=text, pattern="k.*"),
        "size": Column("number", unit=text, range=[0, 9], nullable=True),
        "age": Column("number", otherwise="missing"),
        "kind": Column("category", values=[text, "b"]),
        "treated": Column("flag", "ignore", values=["t", "f"]),
        "checked": Column("flag", "check"),
        "later": Column("number", "leak"),
        "late": Column("number", available=False),
        "name": Column("text", "personal"),
        "sick": Column("category", "target", values=["no", "yes"]),
        f"other {text}": Column("number"),
    }
    outside = [Outside("treated", text)]
    limits = [text]
    return Dataset(
        name="shop", about=text, key="key", target="sick", columns=columns, population=outside, limits=limits,
        personal_data=text,
    )  # fmt: skip


def bundle(text: str = "harmless") -> SimpleNamespace:
    """What a model folder says of itself."""
    labels = Labels(name="any", version=1, codes="whole", positive=["yes"], ungradable=[], about=text)
    config = SimpleNamespace(
        dataset=dataset(text),
        labels=labels,
        split=SimpleNamespace(by="time"),
        features=SimpleNamespace(derived=False),
    )
    threshold = SimpleNamespace(value=0.25, guaranteed=False, recall_lower_bound=0.85, min_recall=0.9)
    return SimpleNamespace(config=config, model={"name": text}, threshold=threshold, versions={"numpy": text})


def finding(criterion: str, value: float | None, **changed: Any) -> dict[str, Any]:
    one = {"criterion": criterion, "asked": "at least 0.8", "value": value, "interval": [0.85, 0.95]}
    return {**one, "verdict": "met", "settled": True, **changed}


def audited(text: str, verdict: str) -> dict[str, Any]:
    return {"verdict": verdict, "what": text, "where": text, "rows": []}


def reports(text: str = "harmless") -> dict[str, Any]:
    """The files of the line."""
    cut = {"notable": True, "day": text, "distance": 0.3, "low_before": 1.0, "low_after": 0.5}
    group = {
        "slice": text,
        "value": text,
        "records": 50,
        "positives": 20,
        "recall": {"value": 0.7, "interval": [0.5, 0.9]},
    }
    few = {**group, "positives": 3, "recall": {"value": None, "interval": [None, None]}}
    checks = [
        {"code": text, "title": text, "verdict": "accepted", "figure": text, "findings": [audited(text, "accepted")]},
        {"code": "A01", "title": text, "verdict": "warning", "figure": text, "findings": [audited(text, "warning")]},
    ]
    return {
        "annotation": {"records": 2000, "used": 1900, "excluded": {text: 60, "ungradable": 40}, "disputed": [text]},
        "audit": checks,
        "baselines": {text: {"metrics": {**METRICS, "recall": 0.99}, "intervals": INTERVALS}},
        "cleaning": {"rows_in": 2001, "rows_out": 2000},
        "intervals": INTERVALS,
        "metrics": METRICS,
        "profile": [{"column": text, "missing": 100, "greatest_change": cut}],
        "quality": {"completeness": {"after": {"good": 90, "total": 100}}},
        "review": {"estimated_label_errors": 7, "records": 700},
        "sampling": {"sample": {"columns": {text: {"representative": False}}}},
        "slices": [group, few],
        "ungradable": {"records": 4, "included": {"metrics": {"precision": 0.45}}},
        "verdict": {"findings": [finding("recall", 0.9, settled=False), finding("completeness", 0.9)]},
    }


def budget(text: str = "harmless", **changed: Any) -> Budget:
    """What was measured, on a quiet machine."""
    machine = {
        "cpu": text,
        "cores": 2,
        "memory_gb": 8.0,
        "system": text,
        "python": "3.12.1",
        "libraries": {"numpy": text},
        "threads": {"OMP_NUM_THREADS": text},
        "load_before": 0.1,
    }
    found = Budget(
        model="0.dir",
        time="2026-01-30T10:00:00+00:00",
        machine=machine,
        figures={"bundle_mb": 2.0, "single_p50_ms": 8.0, "records_per_second": 50_000.0, "train_seconds": 3.0},
        ratios={"single_p50_over_model_alone": 4.0},
        beside={"bare_p50_ms": 2.0, "cpu_seconds_per_1000": 0.036, "retrain_seconds": 12.0},
        spread={"single_p50_ms": [7.8, 8.1]},
        trained={"time": "2026-01-29T10:00:00+00:00", "forked": False},
    )
    return replace(found, **changed)


def facts(text: str = "harmless", **changed: Any) -> Facts:
    """Everything that the page may state."""
    criteria = SimpleNamespace(
        min_recall=0.9,
        max_alerts_per_1000=100.0,
        quality={"completeness": 0.8},
        promotion=Promotion(),
        cost=Cost(at_most={"bundle_mb": 1.0, "single_p50_ms": 20.0, "load_seconds": 5.0}),
    )
    found: dict[str, Any] = {
        "config": SimpleNamespace(criteria=criteria),
        "bundle": bundle(text),
        "reports": reports(text),
        "unevaluated": "",
        "missing": {"size": 0.125},
        "budget": budget(text),
        "measured_on": "",
        "records": Span(date(2025, 1, 1), date(2025, 12, 31)),
        "test": Span(date(2025, 7, 1), date(2025, 12, 31)),
        "queue": ["k1", "k2"],
        "decided": [],
        "registry": Registry(["v1.0.0"], [f"model@v1.0.0 {text}"], {}),
        "chosen": False,
        "needs_python": ">=3.11",
        "today": TODAY,
    }
    return Facts(**{**found, **changed})
