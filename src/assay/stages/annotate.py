"""annotate: label each record by decisions and policy, or exclude it with a reason."""

from assay.config.classes import classes
from assay.config.schema import Config
from assay.config.start import stage
from assay.contract.population import exclusions
from assay.files import read_table, write_json
from assay.labels.agreement import agreement, votes
from assay.labels.classes import decided
from assay.labels.ledger import opened
from assay.labels.policy import annotate, counts, require_classes
from assay.labels.precedence import merge
from assay.paths import ANNOTATION_LOG, CLEANED, LABELS
from assay.records.columns import CODE, RECORD_ID
from assay.records.parts import write_parts


@stage
def main(config: Config) -> None:
    """Read data/cleaned and the ledger in annotations/, write data/annotated and reports/annotation.json."""
    records = read_table(CLEANED)
    decisions = opened(config.dataset, frozenset(records[RECORD_ID])).read()
    if not classes(config.labels, config.dataset):
        require_classes(records[CODE], config.labels)
    outside = exclusions(records, config.dataset)
    by_source, labels = (annotate(merge(records, said), outside, config.labels) for said in ([], decisions))
    write_parts(LABELS, labels, config.layout.part_rows)
    log = {
        "policy": f"{config.labels.name} v{config.labels.version}",
        **counts(labels),
        **decided(by_source, labels),
        "agreement": agreement(votes(decisions, config.labels)),
    }
    write_json(ANNOTATION_LOG, log, sort_keys=False)


if __name__ == "__main__":
    main()
