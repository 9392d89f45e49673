"""The HTML of the views of experiments and revisions, without their frame."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from markupsafe import Markup

from assay.board import chart, graph, pairs, revision, rows
from assay.board.frame import view
from assay.board.links import Links
from assay.board.revision import Commit
from assay.board.workspace import Workspace
from assay.compare.changes import param_changes
from assay.compare.paired import Comparison, Plan
from assay.compare.show import VERDICTS
from assay.evaluation.criteria import criterion_title
from assay.overview.intervals import with_intervals
from assay.overview.rows import DAMAGED, EXPERIMENT, TAG, Figures, Row
from assay.presentation import words
from assay.statistics.metrics import METRICS, RANKED_BY
from assay.sweep.log import DONE

WHY_HIDDEN = (
    "the test fold judges the model that was chosen; whoever chooses among experiments by it finds the luckiest one, "
    "and no fold is left that could tell."
)
MOST_COMPARED = 6
COMPARE = f"assay compare --out-of-fold --resamples {pairs.RESAMPLES}"
ROWS_AT_ONCE = 200  # rows that the table shows at once, as board.js says too


@dataclass(frozen=True)
class Listing:
    """The rows of the table, and the confidence of their intervals in words."""

    rows: Sequence[Row]
    confidence: str = "95\u00a0%"

    def of(self, sha: str) -> Row | None:
        """The row of a commit: that of an experiment or branch before that of a tag."""
        found = [row for row in self.rows if rows.address(row) == sha]
        return min(found, key=lambda row: row.kind == TAG, default=None)


def known(listing: Listing, *commits: Commit | None) -> list[Row | None]:
    """The row of each commit, with all intervals; None where there is no row."""
    found = [listing.of(one.sha) if one else None for one in commits]
    told = {row.sha: row for row in with_intervals([row for row in found if row], list(METRICS))}
    return [told[row.sha] if row else None for row in found]


@dataclass(frozen=True)
class Test:
    """Whether figures of the test fold are shown, and the addresses of the same page with and without them."""

    shown: bool = False
    show: str = ""
    hide: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The name in templates."""
        why = WHY_HIDDEN if not self.shown else f"Test figures are shown. Do not choose by them: {WHY_HIDDEN}"
        return {"with_test": self.shown, "show_test": self.show, "hide_test": self.hide, "why_hidden": why}


def experiments(listing: Listing, links: Links, test: Test) -> Markup:
    """The table of experiments."""
    columns = rows.columns(listing.rows, test.shown)
    states = [row.state for row in listing.rows]
    number = len(listing.rows)
    return view(
        "experiments.html.j2",
        columns=columns,
        groups=_groups(listing.rows, links, columns),
        number=number,
        count=f"{number} in all"
        if number <= ROWS_AT_ONCE
        else f"{ROWS_AT_ONCE} shown, {number} of {number} meet the filter",
        step=ROWS_AT_ONCE,
        states=[(state, states.count(state)) for state in dict.fromkeys(states)],
        compare=links.compare([]),
        most=MOST_COMPARED,
        confidence=listing.confidence,
        **test.values,
    )


def _groups(listed: Sequence[Row], links: Links, columns: Sequence[rows.Column]) -> list[dict[str, Any]]:
    """The rows by the commit that they start from, numbered through."""
    groups: dict[str, list[Row]] = {}
    for row in listed:
        groups.setdefault(row.group, []).append(row)
    numbers = count(1)
    return [
        {"name": _named(sha, members), "rows": [_facts(row, next(numbers), links, columns) for row in members]}
        for sha, members in groups.items()
    ]


def _named(sha: str, members: Sequence[Row]) -> str:
    """A commit by its branches and tags, and its hash."""
    names = [row.name for row in members if row.sha == sha and row.kind != EXPERIMENT]
    return ", ".join([*(name for name in names if name != sha[:7]), sha[:10]])


def _facts(row: Row, n: int, links: Links, columns: Sequence[rows.Column]) -> dict[str, Any]:
    done = row.kind != EXPERIMENT or row.state in (DONE, DAMAGED)
    address = links.revision(row.sha) if row.sha and done else ""
    told = {"name": row.name, "rev": rows.address(row), "comparable": rows.comparable(row)}
    return {"n": n, **told, "cells": rows.cells(row, address, columns)}


def one_revision(
    one: Commit, base: Commit | None, row: Row | None, before: Row | None, links: Links, test: Test
) -> Markup:
    """Everything on one revision. row, before: its own row and that of its baseline, if the table has them."""
    ran, audit = revision.stages(one, base), revision.audit(one)
    name, kind = (row.name, row.kind) if row else (one.sha[:10], "commit")
    return view(
        "revision.html.j2",
        one=one,
        about=one.about,
        name=name,
        kind=kind,
        state=row.state if row else "",
        error=row.note if row and row.state != DONE else "",
        base=base,
        base_name=(before.name if before else base.sha[:10]) if base else "",
        documents=[(title, there) for title, path in one.documents.items() if (there := links.document(one.sha, path))],
        changed=row.changed if row and row.kind == EXPERIMENT else (),
        params=revision.changed_params(one, base),
        figures=_figures(row, before),
        findings=[_finding(found) for found in revision.findings(one)] if test.shown else [],
        audit=audit,
        verdicts=Counter(str(check["verdict"]) for check in audit).most_common(),
        stages=ran,
        drawn=graph.picture(ran),
        commands=revision.commands(name, kind, one.sha, base.sha[:10] if base else ""),
        **test.values,
    )


def _figures(row: Row | None, before: Row | None) -> list[tuple[str, ...]]:
    """Title, figure here and on the baseline of each metric out of fold."""
    known = sorted(
        (metric for metric in METRICS.values() if row and metric.name in row.figures.values),
        key=lambda metric: metric.name != RANKED_BY,
    )
    sides = [one.figures if one else Figures() for one in (row, before)]
    return [(one.title, *(rows.figure(side, one.name) for side in sides)) for one in known]


def _finding(found: Mapping[str, Any]) -> tuple[str, str, str, str]:
    metric = str(found["criterion"]).partition(" ")[0]
    return (
        criterion_title(found["criterion"]),
        found["asked"],
        words.with_interval(found["value"], found["interval"], metric),
        found["verdict"],
    )


def compare(
    names: Sequence[str],
    sides: Sequence[Commit | Workspace],
    parts: Mapping[str, Markup],
    curves: Markup,
    links: Links,
    left: Sequence[str] = (),
) -> Markup:
    """Two or more revisions side by side; parts: of each but the first, by hash, how it compares with that.

    left: the names of those that were chosen too, and have no place.
    """
    heads = list(zip(names, sides, strict=True))[1:]
    typed = [revision.argument(name, one.sha) for name, one in zip(names, sides, strict=True)]
    return view(
        "compare.html.j2",
        names=names,
        linked=[
            (name, links.revision(one.sha) if isinstance(one, Commit) else "")
            for name, one in zip(names, sides, strict=True)
        ],
        left=left,
        experiments=links.views["Experiments"],
        params=differing([one.params for one in sides]),
        curves=curves,
        pairs=[
            (name, parts[one.sha], f"{COMPARE} {typed[0]} {head}")
            for (name, one), head in zip(heads, typed[1:], strict=True)
        ],
    )


def differing(sides: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The values on all sides of each parameter that differs on any."""
    from assay.lineage.lock import leaves

    keys = {key for side in sides[1:] for key in param_changes(dict(sides[0]), dict(side))}
    flat = [leaves(dict(side)) for side in sides]
    return {key: [side.get(key) for side in flat] for key in sorted(keys)}


def pair(found: Comparison, plan: Plan, name: str) -> Markup:
    """How one revision, that with the name, compares with another, out of fold."""
    return view(
        "pair.html.j2",
        name=name,
        verdict=found.verdict,
        meaning=VERDICTS[found.verdict],
        ranked_by=METRICS[RANKED_BY].phrase,
        records=len(found.ids),
        only_base=found.only_base,
        only_head=found.only_head,
        relabelled=found.relabelled,
        confidence=f"{plan.confidence:.0%}",
        resamples=f"{plan.resamples:,}",
        rows=pairs.rows(found),
        discordant=found.discordant[:2],
        p=words.probability(found.discordant[2]),
        sides=pairs.changed_sides(found),
        slices=pairs.standing_out(found),
        judged=len(found.slices),
    )


def curves(sides: Sequence[pairs.OutOfFold], confidence: float) -> Markup:
    """The curves of some revisions, laid over each other."""
    return view("curves.html.j2", ranked=pairs.precision_recall(sides), bands=pairs.calibration(sides, confidence))


def parameters(listing: Listing) -> Markup:
    """Plots of parameters against the metric by which models are ranked."""
    title = METRICS[RANKED_BY].title
    return view(
        "parameters.html.j2",
        title=title,
        number=len(chart.having(listing.rows, RANKED_BY)),
        confidence=listing.confidence,
        scatters=chart.scatters(listing.rows, RANKED_BY, title),
        parallel=chart.parallel(listing.rows, RANKED_BY, title),
        history=chart.history(listing.rows, RANKED_BY, title),
    )


def loading(address: str, what: str) -> Markup:
    """A place that the page fills after it is shown."""
    return Markup('<div data-load="{}" aria-busy="true" aria-live="polite"><p class="muted">{}…</p></div>').format(
        address, what
    )
