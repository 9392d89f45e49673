"""profile: describe the data before and after cleaning, and change nothing."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.config.schema import Config
from assay.config.start import stage
from assay.files import read_table, write_json, write_text
from assay.joins.raw import raw_records
from assay.paths import CLEANED, PROFILE, PROFILE_PAGE, QUALITY, QUARANTINE, RAW, SPLIT, fold
from assay.preparation.reduced import collected
from assay.presentation.many import shown
from assay.profile.columns import MOST, importance, profiles
from assay.profile.scorecard import scorecards
from assay.records.columns import RECORD_ID
from assay.records.folds import TRAIN, VALIDATION

if TYPE_CHECKING:
    from assay.profile.scorecard import Card


@stage
def main(config: Config) -> None:
    """Read data/raw, data/cleaned, data/quarantine and the labels of train and validation; write the profile."""
    from assay.profile.page import Findings, render

    dataset = collected(config.dataset)
    cleaned = read_table(CLEANED)
    labelled = pd.concat([read_table(fold(SPLIT, name)) for name in (TRAIN, VALIDATION)])
    before, after = scorecards(raw_records(RAW, dataset), cleaned, dataset)
    columns, rest = shown(profiles(cleaned, labelled.set_index(RECORD_ID)["label"], dataset), importance, MOST)
    write_json(QUALITY, quality(before[""], after[""]))
    write_json(
        PROFILE,
        [
            {**one, "quality": quality(before[one["column"]], after[one["column"]])}
            for one in columns
            if one["column"] in before
        ],
        sort_keys=False,
    )
    findings = Findings(before[""], after[""], columns, rest, len(read_table(QUARANTINE)))
    write_text(PROFILE_PAGE, render(findings, cleaned, labelled, dataset))


def quality(before: "Card", after: "Card") -> dict[str, Any]:
    """Each dimension before and after cleaning: the figure from 0 to 1, its numerator and its denominator."""
    sides = {"before": before, "after": after}
    return {
        dimension: {side: {"value": card[dimension].value, **asdict(card[dimension])} for side, card in sides.items()}
        for dimension in before
    }


if __name__ == "__main__":
    main()
