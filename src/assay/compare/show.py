"""A comparison for people (Markdown, one HTML page) and for machines (JSON)."""

import re
from dataclasses import asdict
from typing import Any

import numpy as np

from assay.compare.page import Page
from assay.compare.paired import Comparison, Row
from assay.files import Exact, plain
from assay.labels.classes import in_words
from assay.presentation import words
from assay.presentation.markdown import Markdown
from assay.presentation.pages import data_uri, environment
from assay.statistics.edges import BOOTSTRAP
from assay.statistics.metrics import METRICS, RANKED_BY, Place, shown_in

IDS_SHOWN = 20
OPEN_ROWS = 6  # a longer table is folded
VERDICTS = {
    "better": "head is better than base, beyond chance",
    "worse": "head is worse than base, beyond chance",
    "undecided": "the difference is within what chance gives on these records",
    "same": "both say the same of every record",
}


def as_json(page: Page) -> dict[str, Any]:
    """The comparison as plain data, for JSON."""
    one, changes = page.comparison, page.changes
    gains, losses, p = one.discordant
    return plain(
        {
            "base": page.base,
            "head": page.head,
            "verdict": one.verdict,
            "records": len(one.ids),
            "only_in_base": one.only_base,
            "only_in_head": one.only_head,
            "relabelled": one.relabelled,
            "plan": asdict(page.plan),
            "metrics": {row.metric: _row_data(row) for row in one.rows},
            "slices": [{"slice": row.group, "metric": row.metric, **_row_data(row)} for row in one.slices],
            "mcnemar": {"only_head_right": gains, "only_base_right": losses, "p": p},
            "alerts": {"new": one.new_alerts, "lost": one.lost_alerts},
            "params": Exact(changes.params),
            "data": {"records": changes.records, "columns": changes.columns},
            "labels": in_words(changes.labels),
            "policies": changes.policies,
            "unmet_criteria": {"base": changes.unmet[0], "head": changes.unmet[1]},
            "audit_warnings": {"base": changes.warned[0], "head": changes.warned[1]},
        }
    )


def as_markdown(page: Page, params_diff: str = "") -> Markdown:
    """For a pull request; `params_diff` is shown in place of the table of params."""
    template = environment("assay.compare").get_template("compare.md.j2")
    return Markdown(re.sub(r"\n{3,}", "\n\n", template.render(_texts(page), params_diff=params_diff)))


def as_html(page: Page) -> str:
    """One page that needs nothing but a browser."""
    from assay.compare.figures import pictures

    figures = [
        (caption, data_uri(picture))
        for caption, picture in pictures(page.comparison, page.plan.confidence, page.called).items()
    ]
    return environment("assay.compare").get_template("compare.html.j2").render(_texts(page), figures=figures)


def _texts(page: Page) -> dict[str, Any]:
    one = page.comparison
    return {
        "page": page,
        "one": one,
        "changes": page.changes,
        "ranked_by": METRICS[RANKED_BY].title,
        "meaning": VERDICTS[one.verdict],
        "confidence": f"{page.plan.confidence:.0%}",
        "metrics": [_row_texts(row) for row in _in_order(one.rows)],
        "shown": len(shown_in(Place.COMPARISON)),
        "open_rows": OPEN_ROWS,
        "called": page.called,
        "positive": {"new": _positive(one, one.new_alerts), "lost": _positive(one, one.lost_alerts)},
        "slices": [_row_texts(row) for row in one.slices if row.verdict in ("better", "worse")],
        "slices_judged": len(one.slices),
        "ids_shown": IDS_SHOWN,
        "p": words.probability(one.discordant[2]),
    }


def _row_texts(row: Row) -> dict[str, str]:
    defined = row.difference == row.difference
    return {
        "name": METRICS[row.metric].title,
        "group": row.group.replace("_", " "),
        "base_own": words.number(row.base_own, row.metric),
        "relabelling": _step(row.base - row.base_own, row.metric),
        "base": words.number(row.base, row.metric),
        "head": words.number(row.head, row.metric),
        "difference": words.signed(row.difference, row.interval, row.metric, row.method) if defined else "–",
        "verdict": row.verdict if defined else "–",
    }


def _step(value: float, metric: str) -> str:
    """A difference with its sign, like +0.012, without an interval."""
    return words.signed(value, (value, value), metric).partition(" ")[0]


def _in_order(rows: list[Row]) -> list[Row]:
    """The rows that a reviewer needs first, then the others, which are folded."""
    first = [one.name for one in shown_in(Place.COMPARISON)]
    return sorted(rows, key=lambda row: first.index(row.metric) if row.metric in first else len(first))


def _positive(one: Comparison, ids: list[str]) -> int:
    return int(one.head.y[np.isin(one.ids, ids)].sum())


def _row_data(row: Row) -> dict[str, Any]:
    names = ("base_own", "base", "head", "difference", "interval", "verdict", "p", "records")
    more = {} if row.method == BOOTSTRAP else {"method": row.method}
    return {name: getattr(row, name) for name in names if not (name == "records" and not row.group)} | more
