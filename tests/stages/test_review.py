"""review on a small table: whom it lists, what it leaves alone."""

from pathlib import Path

import pandas as pd

from assay.files import read_json, sha256
from assay.paths import LABELS, PREDICTIONS, REVIEW_LOG, REVIEW_QUEUE, SPLIT, fold
from assay.records.folds import TEST, TRAIN, VALIDATION
from assay.stages import review
from assay.tables import read_table, write_table
from samples import forget_statements


def ids(path: Path) -> set[str]:
    return set(read_table(path, ["record_id"])["record_id"])


def test_no_record_of_the_test_fold_is_listed(line: Path) -> None:
    listed = ids(REVIEW_QUEUE)
    assert listed <= ids(fold(SPLIT, TRAIN)) | ids(fold(SPLIT, VALIDATION))
    assert listed.isdisjoint(ids(fold(SPLIT, TEST)))
    log = read_json(REVIEW_LOG)
    assert log["queue"]["records"] == len(listed) > 0
    assert set(log["queue"]["by_fold"]) <= {TRAIN, VALIDATION}


def test_it_can_do_without_the_test_fold(line: Path) -> None:
    before = sha256(REVIEW_QUEUE)
    fold(SPLIT, TEST).unlink()
    (PREDICTIONS / "test.parquet").unlink()
    review.main()
    assert sha256(REVIEW_QUEUE) == before


def test_planted_flips_are_listed_and_no_label_is_edited(line: Path) -> None:
    path = PREDICTIONS / "out_of_fold.parquet"
    seen = read_table(path)
    sure = (seen["score"] < seen["score"].quantile(0.2)) & (seen["label"] == 0)
    planted = seen.index[sure][:8]
    seen.loc[planted, "label"] = 1
    write_table(path, seen)
    forget_statements()
    before = sha256(LABELS)
    review.main()
    queue = read_table(REVIEW_QUEUE)
    suspects = queue[queue["reason"] == "suspect"]
    assert set(seen.loc[planted, "record_id"]) <= set(suspects["record_id"].head(len(planted) + 5))
    assert sha256(LABELS) == before
    pd.testing.assert_frame_equal(read_table(path), seen)
