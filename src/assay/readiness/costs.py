"""The cost of scoring 1,000 records and of training again: time of processors, money, time of people."""

from dataclasses import dataclass

from assay.budget.page import NOTHING, number
from assay.paths import BUDGET
from assay.readiness.claims import figure
from assay.readiness.facts import Facts, report
from assay.readiness.item import Section

HOUR = 3600  # seconds
LEAST_PRICE = 0.0001  # a smaller price is not told
RETRAIN = "retrain_cpu_seconds"
SCORED = {
    "cpu_seconds_per_1000": "1,000 records, in one batch",
    "cpu_seconds_per_1000_singly": "1,000 records, one by one",
    RETRAIN: "training again: all stages of the line",
}
NO_COSTS = "not measured: dvc repro --force notes it, then assay budget"


@dataclass(frozen=True)
class Prices:
    """The price of an hour of one processor, in any currency, and the minutes that a person needs for an alert."""

    cpu_hour: float | None = None
    minutes_per_alert: float | None = None


def costs(facts: Facts, prices: Prices) -> Section:
    """The costs, a row each."""
    rows = [_processors(facts, name, title, prices) for name, title in SCORED.items()]
    if facts.has("metrics", "intervals"):
        rows.append(_people(facts, prices))
    sentences = []
    if prices.cpu_hour is None:
        sentences.append("No price of a CPU hour was given (--price-per-cpu-hour): CPU seconds only.")
    else:
        sentences.append(f"At {prices.cpu_hour:g} for an hour of one processor, in the currency of that price.")
    if prices.minutes_per_alert is None:
        sentences.append("How long a person needs for an alert was not given (--minutes-per-alert).")
    return Section("costs", "What it costs", sentences, ("", "needed", "money", "from"), rows)


def _processors(facts: Facts, name: str, title: str, prices: Prices) -> tuple[str, ...]:
    seconds = facts.budget.beside.get(name) if facts.budget else None
    if seconds is None:
        return title, _without(facts, name), NOTHING, str(BUDGET)
    return title, f"{number(seconds)} CPU seconds", money(seconds, prices), str(BUDGET)


def _without(facts: Facts, name: str) -> str:
    """The words in place of CPU seconds."""
    if not facts.budget:
        return "not measured: assay budget"
    wall = facts.budget.beside.get("retrain_seconds") if name == RETRAIN else None
    return f"{number(wall)} seconds by the clock; CPU seconds {NO_COSTS}" if wall else NO_COSTS


def money(cpu_seconds: float, prices: Prices) -> str:
    """The price of CPU time.

    >>> money(7200, Prices(cpu_hour=0.05)), money(1, Prices(cpu_hour=0.05))
    ('0.1', 'less than 0.0001')
    """
    if prices.cpu_hour is None:
        return NOTHING
    price = cpu_seconds / HOUR * prices.cpu_hour
    return number(price) if price >= LEAST_PRICE or not price else f"less than {LEAST_PRICE:.4f}"


def _people(facts: Facts, prices: Prices) -> tuple[str, ...]:
    alerts = facts.reports["metrics"]["alerts_per_1000"]
    said = f"{figure(facts, 'alerts_per_1000')} alerts"
    if prices.minutes_per_alert is not None:
        minutes = alerts * prices.minutes_per_alert
        said += f", {number(minutes / 60)} hours of a person, at {prices.minutes_per_alert:g} minutes each"
    return "alerts among 1,000 records", said, NOTHING, report("metrics")
