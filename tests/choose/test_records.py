"""The records on which candidates are judged: those of the line, and none of the test fold."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from assay.choose.candidates import INCUMBENT, Candidate, candidate
from assay.choose.records import distinct, hashes, of_candidates
from assay.errors import AssayError
from assay.modelling.records import Records, joined, read_labelled
from assay.records.columns import WEIGHT
from assay.stages import featurize
from assay.tables import read_table, write_table
from samples import forget_statements


def incumbent(*overrides: str) -> Candidate:
    return candidate(INCUMBENT, 0, overrides)


def same(one: Records, other: Records) -> None:
    pd.testing.assert_frame_equal(one.X, other.X)
    pd.testing.assert_series_equal(one.y, other.y)


def test_they_are_those_that_train_learns_from(small: Path) -> None:
    found = of_candidates([incumbent()])[INCUMBENT]
    same(found, joined(read_labelled("train"), read_labelled("validation")))
    assert found.weight is None


def test_features_of_a_candidate_are_those_that_featurize_would_make(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = candidate("other", 1, ["features=measured", "features.drop=[age]"])
    found = of_candidates([incumbent(), other, candidate("again", 1, ["model=logistic"])])
    assert found["again"] is found[INCUMBENT]
    params = yaml.safe_load(Path("params.yaml").read_text())
    Path("params.yaml").write_text(yaml.safe_dump({**params, "features": vars(other.config.features)}, sort_keys=False))
    monkeypatch.setattr("sys.argv", ["featurize"])
    featurize.main()
    same(found["other"], joined(read_labelled("train"), read_labelled("validation")))


@pytest.mark.slow
def test_one_model_on_equal_features_is_one_candidate(small: Path) -> None:
    measured = candidate("measured", 1, ["features=measured"])
    columns = set(of_candidates([incumbent()])[INCUMBENT].X) - set(of_candidates([measured])["measured"].X)
    assert columns
    dropping = f"features.drop=[{','.join(sorted(columns))}]"
    again = candidate("by hand", 1, [dropping])
    another_model = candidate("another model", 1, [dropping, "model=logistic"])
    found = [incumbent(), measured, again, another_model]
    records = of_candidates(found)
    assert records["by hand"] is records["measured"]
    assert distinct(found, records) == [found[0], measured, another_model]


def test_nothing_of_the_test_fold_is_read(small: Path) -> None:
    before = of_candidates([incumbent()])[INCUMBENT]
    for folder in ("split", "features", "predictions"):
        Path(f"data/{folder}/test.parquet").write_bytes(b"garbage")
    same(of_candidates([incumbent()])[INCUMBENT], before)
    assert not [path for path in hashes() if "test" in path]


def test_a_weight_comes_with_its_record(small: Path) -> None:
    for number, name in enumerate(("train", "validation")):
        table = read_table(Path(f"data/split/{name}.parquet"))
        write_table(
            Path(f"data/split/{name}.parquet"), table.assign(**{WEIGHT: np.arange(len(table)) + 1000.0 * number})
        )
    forget_statements()
    found = of_candidates([incumbent()])[INCUMBENT]
    assert found.weight is not None
    train = len(read_table(Path("data/split/train.parquet")))
    assert found.weight[[0, train]].tolist() == [0, 1000]


def changed(path: str) -> Callable[[], object]:
    return lambda: Path(path).write_bytes(Path(path).read_bytes() + b"x")


def params(key: str, value: object) -> Callable[[], object]:
    def change() -> None:
        content = yaml.safe_load(Path("params.yaml").read_text())
        group, name = key.split(".")
        content[group][name] = value
        Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))

    return change


STALE = {
    "no data": (lambda: Path("data/cleaned/records.parquet").unlink(), "missing", "data/cleaned/records.parquet"),
    "no split": (lambda: Path("data/split/train.parquet").unlink(), "missing", "data/split/train.parquet"),
    "edited": (changed("data/split/validation.parquet"), "not what split made", "data/split/validation.parquet"),
    "another split": (params("split.test_from", "1986-08-01"), "changed since the data were made", "params.yaml"),
    "other labels": (params("labels.positive", ["F"]), "changed since the data were made", "params.yaml"),
    "decisions": (changed("annotations/decisions.csv"), "changed since the data were made", "annotations"),
}


@pytest.mark.parametrize("case", STALE)
def test_data_that_are_not_those_of_the_configuration_are_refused(case: str, small: Path) -> None:
    change, said, where = STALE[case]
    one = incumbent()
    change()
    with pytest.raises(AssayError, match=said) as caught:
        of_candidates([one])
    assert where in caught.value.where
    assert any(command in caught.value.todo for command in ("dvc repro", "assay doctor --mend"))


def test_what_is_no_feature_cannot_be_left_out(small: Path) -> None:
    with pytest.raises(AssayError, match="odd: no feature nonsense"):
        of_candidates([incumbent(), candidate("odd", 1, ["features.drop=[nonsense]"])])
