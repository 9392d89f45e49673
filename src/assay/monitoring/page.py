"""The verdict on a batch for people: text for the terminal, and a page that needs no network."""

from collections.abc import Iterator, Mapping

from assay.monitoring.by_slice import Slice, Sliced
from assay.monitoring.command import Monitored
from assay.monitoring.counts import Counts
from assay.monitoring.estimation import COUNTED
from assay.monitoring.finding import Finding
from assay.monitoring.judging import Judged
from assay.monitoring.known import MEND
from assay.monitoring.panels import panels
from assay.monitoring.performance import of_estimate, shown
from assay.monitoring.realised import Figure
from assay.presentation.pages import data_uri, environment
from assay.statistics.metrics import METRICS

SHOWN = 12  # reasons, and months, on the terminal
FIGURES = ("recall", "precision", "average_precision", COUNTED)
HEAD = ("records", *(METRICS[name].title for name in FIGURES), "")
TITLES = [METRICS[name].title for name in FIGURES[:2]]
SLICES = (
    "Slice",
    "Records",
    "Alerts per 1000 (training)",
    *(f"{title}, estimated" for title in TITLES),
    *(f"{title}, by labels" for title in TITLES),
    "",
)
ALL = "all"
Rows = list[tuple[str, ...]]


def as_text(found: Monitored) -> str:
    """The decision, its reasons, the performance, and what was read."""
    reasons = found.judged.decision.reasons
    more = [f"  and {len(reasons) - SHOWN} more: see the page"] if len(reasons) > SHOWN else []
    rate = found.counts.records / found.seconds
    return "\n".join(
        [
            f"{found.judged.decision.action}",
            *(f"  {one}" for one in reasons[:SHOWN]),
            *more,
            *_performance(found),
            *_slices(found.judged.slices),
            *untold(found),
            f"{_read(found.counts)}, {rate:,.0f} per second",
            f"model: {found.model}",
        ]
    )


def _read(counts: Counts) -> str:
    """How many records there were, and how many of them got a score."""
    scored = sum(one.scored for one in counts.months.values())
    dated = sum(1 for name in counts.months if name)
    when = f"of {dated} month(s)" if dated else "without a date"
    return f"{counts.records:,} records {when}, {scored:,} of them scored"


def _performance(found: Monitored) -> Iterator[str]:
    """Both tables, in columns; of many months the newest."""
    tables = {"estimated before labels": before(found), "what labels show": after(found.judged)}
    for title, rows in tables.items():
        if not rows:
            continue
        yield f"{title} ({100 * found.confidence:g} % intervals)"
        lines = [("", *HEAD), *rows[-SHOWN:]]
        widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
        for line in lines:
            cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
            yield f"  {'  '.join([*cells, line[-1]])}".rstrip()


def _slices(found: Sliced) -> Iterator[str]:
    """How many slices were looked at, and which ones have fallen or changed."""
    if found.slices:
        named = ", ".join(str(one.group) for one in found.slices if one.said) or "none"
        yield f"slices: {len(found.slices)} looked at; fallen or changed: {named}"


def untold(found: Monitored) -> list[str]:
    """The gaps in what the model says of its training, and the advice; nothing if it says all."""
    said = "; ".join(found.training.untold)
    return [f"the model is of an earlier version of Assay: {said}; to mend that, {MEND}"] if said else []


def of_slices(found: Sliced) -> Rows:
    """A row for each slice, with the columns of `SLICES`; first what has fallen or changed."""
    return [
        (
            str(one.group),
            str(one.records),
            f"{shown(one.alerts, 1)} ({one.before:.1f})",
            *_both(of_estimate(one.estimated, found.confidence)),
            *_both(one.realised.figures if one.realised else {}),
            "; ".join([*one.said, *_doubts(one)]),
        )
        for one in sorted(found.slices, key=lambda one: not one.said)
    ]


def _both(figures: Mapping[str, Figure]) -> tuple[str, ...]:
    return tuple(shown(figures[name]) if name in figures else "" for name in FIGURES[:2])


def _doubts(one: Slice) -> Iterator[str]:
    """Why a slice's figures decide nothing."""
    if not one.estimated.assumption.holds:
        yield f"estimate does not hold: {'; '.join(one.estimated.assumption.reasons)}"
    if one.realised and not one.realised.settled:
        yield f"labels: {'; '.join(one.realised.unsettled)}"


def before(found: Monitored) -> Rows:
    """The estimates: of each month, and of all."""
    return [
        (
            name or "without a date",
            str(one.records),
            *_cells(of_estimate(one, found.confidence)),
            "" if one.assumption.holds else f"does not hold: {'; '.join(one.assumption.reasons)}",
        )
        for name, one in found.judged.estimates.items()
    ]


def after(found: Judged) -> Rows:
    """The figures by labels: of each month, and of all whose labels have arrived."""
    if not found.labelled:
        return []
    whole = {ALL: found.labelled.whole} if found.labelled.whole and len(found.labelled.months) > 1 else {}
    return [
        (
            name or "without a date",
            f"{one.labelled} of {one.records}",
            *_cells(one.figures),
            "; ".join(one.unsettled) or "settled",
        )
        for name, one in {**found.labelled.months, **whole}.items()
    ]


def _cells(figures: Mapping[str, Figure]) -> tuple[str, ...]:
    return tuple(shown(figures[name], METRICS[name].digits) for name in FIGURES)


def render(found: Monitored) -> str:
    """The page as HTML."""
    template = environment("assay.monitoring").get_template("monitor.html.j2")
    return template.render(
        found=found,
        decision=found.judged.decision,
        untold=untold(found),
        days=found.judged.age,
        findings=sorted(found.judged.findings, key=_order),
        head=HEAD,
        figures=[(METRICS[name].title, data_uri(picture)) for name, picture in _pictures(found).items()],
        performance=[
            ("estimated", "Estimated before labels", before(found)),
            ("labels", "What labels show", after(found.judged)),
        ],
        slices_head=SLICES,
        slices=of_slices(found.judged.slices),
        slices_confidence=found.judged.slices.confidence,
        months=sorted(found.counts.months.items()),
    )


def _pictures(found: Monitored) -> dict[str, str]:
    """The SVG of each figure by month; none if no scored record has a date."""
    if not (months := sorted(name for name, month in found.counts.months.items() if name and month.scored)):
        return {}
    from assay.monitoring.figures import pictures  # takes a second

    return pictures(panels(found, months), months)


def _order(one: Finding) -> tuple[str, str, str]:
    return one.month, one.kind, one.subject
