"""Tables of earlier revisions, under the names that columns have today. Only this module knows the former ones."""

from pathlib import Path
from typing import Any

import pandas as pd

from assay.labels.precedence import ANNOTATORS, DECIDED_BY, DECISIONS, SOURCE
from assay.paths import LABELS, PREDICTIONS, SCORE
from assay.records.columns import CODE, CODE_IN_FORCE, CODE_RESOLVED

FORMER_SCORE = "model"
FORMER_CODES = {"decisive_code": CODE_IN_FORCE, "decided_code": CODE_RESOLVED}


def named_as_now(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """A table of the line as any revision wrote it to `path`, with the columns that it has today."""
    if path.is_relative_to(PREDICTIONS) and FORMER_SCORE in table:
        # A baseline may have had the name that the column of the model has now.
        return table.drop(columns=SCORE, errors="ignore").rename(columns={FORMER_SCORE: SCORE})
    if path == LABELS:
        return _with_provenance(table.rename(columns=FORMER_CODES))
    return table


def _with_provenance(labels: pd.DataFrame) -> pd.DataFrame:
    """Labels from before there was a ledger as if it had been empty."""
    if DECIDED_BY in labels:
        return labels
    nobody: dict[str, Any] = {CODE_IN_FORCE: labels[CODE], DECIDED_BY: SOURCE, DECISIONS: 0, ANNOTATORS: ""}
    return labels.assign(**nobody)
