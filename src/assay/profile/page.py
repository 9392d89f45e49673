"""The profile as one page that needs no network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.config.words import complete
from assay.presentation.pages import data_uri, environment
from assay.profile.drift import ChangePoint
from assay.profile.figures import pictures
from assay.profile.scorecard import DIMENSIONS, Card
from assay.records.columns import DATE, WEIGHT
from assay.records.months import months_of

if TYPE_CHECKING:
    from assay.config.dataset import Dataset


@dataclass(frozen=True)
class Findings:
    """The content of the page: scorecards before and after cleaning, profiles of columns, quarantined records.

    rest: how many more columns there are, which are not shown. records: how many are cleaned. months: of numbers, from
    `assay.profile.columns.monthly`; correlations: of pairs of them; each None if there are none.
    """

    before: Card
    after: Card
    columns: list[dict[str, Any]]
    rest: int
    quarantined: int
    records: int
    months: pd.DataFrame | None = None
    correlations: pd.DataFrame | None = None


def render(findings: Findings, labelled: pd.DataFrame, dataset: "Dataset") -> str:
    """The page as HTML, with figures and styles included; labelled: the records outside the test fold, with labels."""
    columns, called = findings.columns, complete(dataset.words)
    changes = notable_changes(columns)
    drawn = pictures(findings.months, changes, findings.correlations, timeline(labelled), called)
    return (
        environment("assay.profile")
        .get_template("profile.html.j2")
        .render(
            dataset=dataset,
            called=called,
            rows_in=findings.before["uniqueness"].total,
            rows_out=findings.records,
            quarantined=findings.quarantined,
            dimensions=[
                (name, findings.before[name], findings.after[name], words) for name, words in DIMENSIONS.items()
            ],
            figures=[(caption, data_uri(picture)) for caption, picture in drawn.items()],
            columns=columns,
            rest=findings.rest,
        )
    )


def notable_changes(columns: list[dict[str, Any]]) -> dict[str, ChangePoint]:
    """The notable changes over time, by column."""
    found = {one["column"]: one["greatest_change"] for one in columns if one["greatest_change"]}
    return {
        name: ChangePoint(**{key: value for key, value in one.items() if key != "notable"})
        for name, one in found.items()
        if one["notable"]
    }


def timeline(labelled: pd.DataFrame) -> pd.DataFrame | None:
    """Columns month, records, positives_per_1000; None if records have no date.

    In a weighted sample, records are counted, and positives_per_1000 is weighted.
    """
    if DATE not in labelled:
        return None
    month_of, months = months_of(labelled[DATE])
    weight = labelled.get(WEIGHT, 1.0)
    by_record = pd.DataFrame({"weight": weight, "ill": weight * labelled["label"]}, index=labelled.index)
    found = by_record[month_of >= 0].groupby(month_of[month_of >= 0])
    sums, records = found.sum(), found.size()
    return pd.DataFrame(
        {"month": months, "records": records, "positives_per_1000": 1000 * sums["ill"] / sums["weight"]}
    )
