"""What is read of the line for evaluation, whatever the order of the folds and the size of parts and batches."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.config.dataset import Dataset
from assay.engine import evaluate as reading
from assay.errors import AssayError
from assay.paths import CLEANED, FEATURES, SPLIT, fold
from assay.records import streaming
from assay.records.folds import FOLDS, TEST
from assay.records.parts import write_parts
from assay.tables import read_table, write_table

SLICED = Dataset(slices={"sex": [], "age": [40, 60], "flag": []})


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Sixty records, dealt out to the folds in no order, in small parts; those of the test fold every third."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(streaming, "ROWS", 7)
    rng = np.random.default_rng(0)
    ids = pd.array([f"r{number:03}" for number in range(60)], dtype="str")
    found = pd.DataFrame(
        {
            "record_id": ids,
            "sex": pd.Categorical(rng.choice(["F", "M", None], 60)),
            "age": np.where(rng.random(60) < 0.2, np.nan, rng.integers(10, 90, 60)),
            "flag": pd.array(rng.choice([True, False, None], 60), dtype="boolean"),
            "date (own)": rng.random(60),
            "note": "long text",
        }
    )
    write_parts(CLEANED, found, 25)
    split = found[["record_id"]].assign(
        date=pd.Timestamp("1986-01-01") + pd.to_timedelta(rng.integers(0, 300, 60), unit="D"),
        label=rng.random(60) < 0.4,
        excluded=np.where(rng.random(60) < 0.1, "ungradable", ""),
        code_resolved="A",
        score=rng.random(60),
    )
    for number, name in enumerate(FOLDS):
        rows = rng.permutation(np.arange(number, 60, 3))
        one = split.iloc[rows]
        one = one if name == TEST else one.assign(excluded="")
        write_parts(fold(SPLIT, name), one.drop(columns="score"), 6)
        features = found.iloc[rows][["record_id", "age", "sex", "date (own)"]].rename(columns={"date (own)": "date"})
        write_parts(fold(FEATURES, name), features, 9)
        if name == TEST:
            write_parts(reading.OF_TEST, one[["record_id", "score"]], 11)
    seen = pd.concat([read_table(fold(SPLIT, name)).assign(fold=name) for name in FOLDS if name != TEST])
    write_table(reading.OUT_OF_FOLD, seen.assign(score=0.5)[["record_id", "label", "fold", "score"]])
    return found.set_index("record_id")


def test_the_slices_are_those_of_the_test_records_in_order(records: pd.DataFrame) -> None:
    from assay.contract.population import slices

    ids = read_table(fold(SPLIT, TEST))["record_id"]
    expected = slices(records.loc[ids], SLICED).reset_index(drop=True)
    pd.testing.assert_frame_equal(reading.test_slices(SLICED).astype("str"), expected)
    assert reading.test_slices(Dataset()).shape == (20, 0)


def test_values_and_days_stand_beside_the_scores_of_their_records(records: pd.DataFrame) -> None:
    test, seen = reading.read_test(["model"]), reading.read_seen()
    graded = (test["excluded"] == "").to_numpy()
    assert not graded.all()
    everyone = reading.seen_and_test(seen, test)
    tables = pd.concat([read_table(fold(SPLIT, name)).assign(fold=name) for name in FOLDS])
    tables = tables[tables["excluded"] == ""].reset_index(drop=True)
    assert everyone["fold"].tolist() == tables["fold"].tolist()
    assert everyone["label"].tolist() == tables["label"].astype(int).tolist()
    assert reading.read_dates(graded).tolist() == tables["date"].tolist()
    numbers = reading.Numbers(["age", "sex", "date", "note"], graded)
    assert list(numbers) == ["age", "date"]  # a feature of the user that is called date, and a number
    for name, there in {"age": "age", "date": "date (own)"}.items():
        np.testing.assert_array_equal(numbers[name], records.loc[tables["record_id"], there])


def test_batches_have_the_scores_of_their_records(records: pd.DataFrame) -> None:
    found = pd.concat(reading.in_batches(reading.read_test(["model"])))
    assert found[["record_id", "score"]].to_numpy().tolist() == read_table(reading.OF_TEST).to_numpy().tolist()


def test_scores_of_other_records_are_refused(records: pd.DataFrame) -> None:
    write_table(reading.OUT_OF_FOLD, read_table(reading.OUT_OF_FOLD)[::-1])
    with pytest.raises(AssayError, match="not in their order"):
        reading.read_seen()
