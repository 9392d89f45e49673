"""Records beside their folds: both come in order of ids, in batches that end anywhere."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.engine.featurize import with_folds
from assay.errors import AssayError
from assay.records.columns import RECORD_ID

IDS = [f"{number:03}" for number in range(12)]


def batches(table: pd.DataFrame, cuts: set[int]) -> list[pd.DataFrame]:
    """The rows, cut at these places."""
    bounds = sorted({0, *(cut for cut in cuts if cut < len(table)), len(table)})
    return [table.iloc[start:end].reset_index(drop=True) for start, end in pairwise(bounds)]


def folds(ids: list[str]) -> pd.DataFrame:
    """A place and a fold for each."""
    number = pd.Series(range(len(ids)), dtype="int64")
    return pd.DataFrame({RECORD_ID: pd.Series(ids, dtype="str"), "fold": number % 3, "place": number * 7})


@given(st.sets(st.sampled_from(IDS)), st.sets(st.integers(1, 11)), st.sets(st.integers(1, 11)))
def test_each_record_gets_its_fold_and_place(chosen: set[str], some: set[int], others: set[int]) -> None:
    records = pd.DataFrame({RECORD_ID: pd.Series(IDS, dtype="str")})
    of_folds = folds(sorted(chosen))
    expected = records.merge(of_folds, on=RECORD_ID, how="left").fillna(-1)
    found = list(with_folds(batches(records, some), batches(of_folds, others)))
    assert [len(one) for one, _ in found] == [len(one) for one in batches(records, some)]
    together = pd.concat([one for _, one in found])
    assert together.to_numpy().tolist() == expected[["fold", "place"]].to_numpy().tolist()


@pytest.mark.parametrize("lost", ["", "0055", "zz"])
def test_an_id_of_a_fold_that_no_record_has_is_told(lost: str) -> None:
    records = pd.DataFrame({RECORD_ID: pd.Series(IDS, dtype="str")})
    of_folds = folds(sorted([IDS[1], IDS[7], lost]))
    with pytest.raises(AssayError, match="1 records of the folds are not among the cleaned ones"):
        list(with_folds(batches(records, {5}), batches(of_folds, {1})))
