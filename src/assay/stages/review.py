"""review: list the labels of train and validation that most deserve a second look; it changes none."""

import numpy as np

from assay.config.schema import Config
from assay.config.start import stage
from assay.files import read_json, write_json
from assay.labels.precedence import DECIDED_BY
from assay.labels.suspects import counts, queue
from assay.paths import LABELS, MODEL_KEY, PREDICTIONS, REVIEW_LOG, REVIEW_QUEUE, SCORE
from assay.records.batches import Columns
from assay.records.columns import RECORD_ID
from assay.records.places import places
from assay.tables import read_table, write_table


@stage
def main(config: Config) -> None:
    """Read the out-of-fold scores and who decided on the labels, write data/review and reports/review.json."""
    path = PREDICTIONS / "out_of_fold.parquet"
    seen = read_table(path, [RECORD_ID, "label", "fold", SCORE]).astype({"fold": "category"})
    place = places(LABELS, path)
    row = np.argsort(place, kind="stable")[len(place) - len(seen) :]  # among the labels, of each record that is seen
    seen[DECIDED_BY] = Columns(LABELS)[DECIDED_BY].astype("category").iloc[row].array
    threshold = read_json(PREDICTIONS / "thresholds.json")[MODEL_KEY]["value"]
    listed = queue(seen, seen[SCORE], threshold, config.review)
    write_table(REVIEW_QUEUE, listed)
    write_json(REVIEW_LOG, counts(listed, seen, seen[SCORE]), sort_keys=False)


if __name__ == "__main__":
    main()
