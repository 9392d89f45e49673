"""profile: describe the data before and after cleaning, and change nothing."""

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import NUMBER, cleaned_name
from assay.config.schema import Config
from assay.config.start import stage
from assay.engine.spill import scratch
from assay.files import write_json, write_text
from assay.joins.raw import raw_in_batches
from assay.paths import CLEANED, PROFILE, PROFILE_PAGE, QUALITY, QUARANTINE, RAW, SPLIT, fold
from assay.preparation.reduced_contract import collected
from assay.presentation.truncation import shown
from assay.profile.columns import MOST_COLUMNS, NEGATIVE, POSITIVE, importance, monthly, profiles
from assay.profile.correlation import CORRELATED, rank_correlations
from assay.profile.scorecard import scorecards
from assay.records.batches import Columns, require_memory_of, rows_of, table_batches
from assay.records.columns import DATE, WEIGHT
from assay.records.folds import TRAIN, VALIDATION
from assay.records.places import places
from assay.tables import read_table

BYTES_PER_RECORD = 130  # of memory, as measured: docs/scale.md

if TYPE_CHECKING:
    from assay.profile.scorecard import Card


@stage
def main(config: Config) -> None:
    """Read data/raw, data/cleaned, data/quarantine and the labels of train and validation; write the profile.

    Rows are read in batches, columns one at a time.
    """
    from assay.profile.page import Findings, render

    require_memory_of(CLEANED, BYTES_PER_RECORD)
    dataset, cleaned = collected(config.dataset), Columns(CLEANED)
    with scratch(CLEANED.parents[1]) as folder:
        before, after = scorecards(
            raw_in_batches(RAW, dataset, folder, config.engine.memory),
            partial(table_batches, CLEANED),
            dataset,
            folder,
        )
        columns, rest = shown(profiles(cleaned, by_class(), dataset), importance, MOST_COLUMNS)
        numbers = cleaned.chosen(
            {one["column"]: cleaned_name(dataset, one["column"]) for one in columns if one["type"] == NUMBER}
        )
        few = [*numbers][:CORRELATED]
        correlations = rank_correlations(numbers, few, folder) if len(few) > 1 else None
    months = monthly(numbers, cleaned[DATE]) if DATE in cleaned and few else None
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
    counts = rows_of(QUARANTINE), rows_of(CLEANED)
    findings = Findings(before[""], after[""], columns, rest, *counts, months, correlations)
    write_text(PROFILE_PAGE, render(findings, labelled(), dataset))


def by_class() -> dict[str, np.ndarray]:
    """Which of the cleaned records are negative, and which positive; of the test fold neither, which stays unseen."""
    found = {side: np.zeros(rows_of(CLEANED), "bool") for side in (NEGATIVE, POSITIVE)}
    for name in (TRAIN, VALIDATION):
        place, label = places(CLEANED, fold(SPLIT, name)), Columns(fold(SPLIT, name))["label"].to_numpy("bool")
        there = np.flatnonzero(place >= 0)
        found[POSITIVE][there] = label[place[there]]
        found[NEGATIVE][there] = ~label[place[there]]
    return found


def labelled() -> pd.DataFrame:
    """The days, labels and weights of train and validation."""
    return pd.concat(
        [read_table(fold(SPLIT, name), ["label"], optional=[DATE, WEIGHT]) for name in (TRAIN, VALIDATION)]
    )


def quality(before: "Card", after: "Card") -> dict[str, Any]:
    """Each dimension before and after cleaning: the figure from 0 to 1, its numerator and its denominator."""
    sides = {"before": before, "after": after}
    return {
        dimension: {side: {"value": card[dimension].value, **asdict(card[dimension])} for side, card in sides.items()}
        for dimension in before
    }


if __name__ == "__main__":
    main()
