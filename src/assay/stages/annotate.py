"""annotate: label each record by decisions and policy, or exclude it with a reason."""

from typing import TYPE_CHECKING

import pandas as pd

from assay.config.classes import classes
from assay.config.schema import Config
from assay.config.start import stage
from assay.engine.annotate import Annotator
from assay.engine.parallel import spread
from assay.files import write_json
from assay.labels.ledger import opened
from assay.labels.policy import require_classes
from assay.paths import ANNOTATION_LOG, CLEANED, LABELS
from assay.records.batches import table_batches
from assay.records.columns import CODE, RECORD_ID
from assay.records.parts import writing

if TYPE_CHECKING:
    from assay.labels.decision import Decision


@stage
def main(config: Config) -> None:
    """Read data/cleaned and the ledger in annotations/, write data/annotated and reports/annotation.json."""
    whole, decisions = not config.engine.in_batches, checked(config)
    with spread(config.engine, light=True) as each, writing(LABELS, config.layout.part_rows) as parts:
        annotate = Annotator(config.dataset, config.labels, decisions, each)
        for labels in annotate(table_batches(CLEANED, whole=whole)):
            parts.add(labels)
    write_json(ANNOTATION_LOG, annotate.log(), sort_keys=False)


def checked(config: Config) -> "list[Decision]":
    """The decisions in the ledger; AssayError if one is about no record, or no record has a class of the policy."""
    said = [*opened(config.dataset, None).mentioned()]
    there: set[str] = set()
    codes: set[str] = set()
    for records in table_batches(CLEANED, [RECORD_ID, CODE], whole=not config.engine.in_batches):
        there |= {*records.loc[records[RECORD_ID].isin(said), RECORD_ID]}
        codes |= {*records[CODE].unique()}
    decisions = opened(config.dataset, there).read()
    if not classes(config.labels, config.dataset):
        require_classes(pd.Series(sorted(codes), dtype="str"), config.labels)
    return decisions


if __name__ == "__main__":
    main()
