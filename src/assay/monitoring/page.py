"""The verdict on a batch for people: text for the terminal, and a page that needs no network."""

from assay.monitoring.command import Monitored, age
from assay.monitoring.finding import Finding
from assay.presentation.pages import environment

SHOWN = 12  # reasons on the terminal


def as_text(found: Monitored) -> str:
    """The decision, its reasons, and what was read."""
    reasons = found.decision.reasons
    more = [f"  and {len(reasons) - SHOWN} more: see the page"] if len(reasons) > SHOWN else []
    rate = found.counts.records / found.seconds
    return "\n".join(
        [
            f"{found.decision.action}",
            *(f"  {one}" for one in reasons[:SHOWN]),
            *more,
            f"{found.counts.records:,} records of {len(found.counts.months)} month(s), {rate:,.0f} per second",
            f"model: {found.model}",
        ]
    )


def render(found: Monitored) -> str:
    """The page as HTML."""
    template = environment("assay.monitoring").get_template("monitor.html.j2")
    return template.render(
        found=found,
        days=age(found.counts, found.training),
        findings=sorted(found.findings, key=_order),
        months=sorted(found.counts.months.items()),
    )


def _order(one: Finding) -> tuple[str, str, str]:
    return one.month, one.kind, one.subject
