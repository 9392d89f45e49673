"""annotate: what each record is, by which policy, and whether it may be used."""

from assay.config.schema import Config
from assay.config.stage import stage
from assay.contract.population import exclusions
from assay.files import read_table, write_json, write_table
from assay.labels.policy import annotate, counts
from assay.paths import ANNOTATION_LOG, CLEANED, LABELS


@stage
def main(config: Config) -> None:
    """Read data/cleaned, write data/annotated and reports/annotation.json."""
    records = read_table(CLEANED)
    outside = exclusions(records, config.dataset)
    labels = annotate(records, outside, config.labels)
    write_table(LABELS, labels)
    policy = f"{config.labels.name} v{config.labels.version}"
    write_json(ANNOTATION_LOG, {"policy": policy, **counts(labels)}, sort_keys=False)


if __name__ == "__main__":
    main()
