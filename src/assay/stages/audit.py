"""audit: stop the line if it leaks, before any result is published.

Like `evaluate` it reads the labels of the test fold and only judges: nothing that learns or chooses depends on it.
"""

from assay.audit.checks import as_data, audit, refuse, remarks
from assay.config.schema import Config
from assay.config.start import stage
from assay.engine.audit import read_evidence
from assay.errors import warn
from assay.files import write_json
from assay.paths import AUDIT


@stage
def main(config: Config) -> None:
    """Read the tables of the line, write reports/audit.json; AssayError, and nothing written, if there is a leak."""
    verdicts = audit(read_evidence(config), config.audit.accept)
    for remark in remarks(verdicts):  # before an error ends the stage: who mends one thing must know of all
        warn(remark)
    refuse(verdicts)
    write_json(AUDIT, as_data(verdicts), sort_keys=False)


if __name__ == "__main__":
    main()
