"""The profile as one page that needs no network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.presentation.pages import data_uri, environment
from assay.profile.columns import monthly
from assay.profile.drift import ChangePoint
from assay.profile.figures import pictures
from assay.profile.scorecard import DIMENSIONS, Card
from assay.records.columns import DATE, WEIGHT

if TYPE_CHECKING:
    from assay.config.dataset import Dataset


@dataclass(frozen=True)
class Findings:
    """What the page shows: scorecards before and after cleaning, the columns' profiles, records in quarantine."""

    before: Card
    after: Card
    columns: list[dict[str, Any]]
    quarantined: int


def render(findings: Findings, cleaned: pd.DataFrame, labelled: pd.DataFrame, dataset: "Dataset") -> str:
    """The page as HTML, figures and styles within it; labelled: the records whose labels may be looked at."""
    columns = findings.columns
    numbers = [one["column"] for one in columns if one["type"] == "number"]
    months = monthly(cleaned, numbers) if DATE in cleaned and numbers else None
    drawn = pictures(months, notable_changes(columns), cleaned[numbers], timeline(labelled))
    return (
        environment("assay.profile")
        .get_template("profile.html.j2")
        .render(
            dataset=dataset,
            rows_in=findings.before["uniqueness"].total,
            rows_out=len(cleaned),
            quarantined=findings.quarantined,
            dimensions=[
                (name, findings.before[name], findings.after[name], words) for name, words in DIMENSIONS.items()
            ],
            figures=[(caption, data_uri(picture)) for caption, picture in drawn.items()],
            columns=columns,
        )
    )


def notable_changes(columns: list[dict[str, Any]]) -> dict[str, ChangePoint]:
    """The changes over time that are named, by column."""
    found = {one["column"]: one["greatest_change"] for one in columns if one["greatest_change"]}
    return {
        name: ChangePoint(**{key: value for key, value in one.items() if key != "notable"})
        for name, one in found.items()
        if one["notable"]
    }


def timeline(labelled: pd.DataFrame) -> pd.DataFrame | None:
    """month, records, disease per 1000; None where records have no date.

    Of a weighted sample the records are counted, and the disease is that of those which they stand for.
    """
    if DATE not in labelled:
        return None
    weight = labelled.get(WEIGHT, 1.0)
    by_record = pd.DataFrame({"weight": weight, "ill": weight * labelled["label"]}, index=labelled.index)
    months = by_record.groupby(labelled[DATE].dt.strftime("%Y-%m").rename("month"))
    sums = months.sum()
    table = pd.DataFrame({"records": months.size(), "disease_per_1000": 1000 * sums["ill"] / sums["weight"]})
    return table.reset_index()
