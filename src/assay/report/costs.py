"""The costs of the stages as a table for a terminal and as a page."""

from collections.abc import Sequence

from assay.lineage.costs import Cost, Costs
from assay.presentation.markdown import Markdown, table
from assay.presentation.pages import environment

HEAD = ("stage", "seconds", "before", "peak memory, MB", "before", "read, MB", "written, MB", "")
NOTHING = "–"


def rows(costs: Sequence[Costs]) -> list[tuple[str, ...]]:
    """A row for each stage, with the columns of `HEAD`, and one for all stages together."""
    return [*(_row(one) for one in costs), _total(costs)]


def as_markdown(costs: Sequence[Costs]) -> Markdown:
    """The table for a terminal."""
    return table(HEAD, rows(costs))


def as_html(costs: Sequence[Costs]) -> str:
    """The page."""
    return environment("assay.report").get_template("costs.html.j2").render(head=HEAD, rows=rows(costs))


def _row(one: Costs) -> tuple[str, ...]:
    last, before = one.last, one.before
    return (
        one.stage,
        *(_both(last, before, "seconds", 1)),
        *(_both(last, before, "peak", 1e6)),
        _figure(last.read / 1e6),
        _figure(last.written / 1e6),
        "slower" if one.slower else "",
    )


def _both(last: Cost, before: Cost | None, name: str, unit: float) -> tuple[str, str]:
    return _figure(getattr(last, name) / unit), _figure(getattr(before, name) / unit) if before else NOTHING


def _total(costs: Sequence[Costs]) -> tuple[str, ...]:
    before = [one.before for one in costs if one.before]
    earlier = _figure(sum(one.seconds for one in before)) if len(before) == len(costs) else NOTHING
    written = _figure(sum(one.last.written for one in costs) / 1e6)
    peak = _figure(max(one.last.peak for one in costs) / 1e6)
    return "all", _figure(sum(one.last.seconds for one in costs)), earlier, peak, "", "", written, ""


def _figure(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"
