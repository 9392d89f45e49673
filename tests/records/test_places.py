"""Where the records of one table stand in another."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.errors import AssayError
from assay.records import places as module
from assay.records import streaming
from assay.records.parts import write_parts
from assay.records.places import places, require_same_records


def table(path: Path, ids: list[str], part_rows: int = 3) -> Path:
    write_parts(path, pd.DataFrame({"record_id": pd.array(ids, dtype="str"), "age": 1.0}), part_rows)
    return path


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "ROWS", 2)


def test_each_record_has_its_row_in_the_other_table(tmp_path: Path) -> None:
    everyone, some = table(tmp_path / "a.parquet", list("abcdefgh")), table(tmp_path / "b.parquet", list("hbae"))
    assert places(everyone, some).tolist() == [2, 1, -1, -1, 3, -1, -1, 0]


@pytest.mark.parametrize(
    ("ids", "others", "said"),
    [("abc", "abd", "1 of its records are not in"), ("abca", "ab", "stands twice"), ("abc", "aba", "stands twice")],
)
def test_a_record_that_is_lost_or_there_twice_is_refused(ids: str, others: str, said: str, tmp_path: Path) -> None:
    one, other = table(tmp_path / "a.parquet", list(ids)), table(tmp_path / "b.parquet", list(others))
    with pytest.raises(AssayError, match=said):
        places(one, other)


@pytest.mark.parametrize("alike", ["bc", "ab", "cd"], ids=["in and out", "both in", "both out"])
def test_ids_with_the_same_hash_are_told_apart(alike: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pd.util.hash_array

    def colliding(ids: np.ndarray, *, hash_key: str, categorize: bool) -> np.ndarray:
        changed = np.where(np.isin(ids, list(alike)), alike[0], ids) if hash_key == module.KEYS[0] else ids
        return real(changed.astype(object), hash_key=hash_key, categorize=categorize)

    monkeypatch.setattr(pd.util, "hash_array", colliding)
    one, other = table(tmp_path / "a.parquet", list("abcd")), table(tmp_path / "b.parquet", list("ba"))
    assert places(one, other).tolist() == [1, 0, -1, -1]


def test_tables_of_other_records_or_in_another_order_are_refused(tmp_path: Path) -> None:
    first, second = table(tmp_path / "a.parquet", list("abc")), table(tmp_path / "b.parquet", list("defgh"))
    both = table(tmp_path / "both.parquet", list("abcdefgh"), part_rows=100)
    require_same_records([first, second], [both], todo="")
    for others in (["hgfedcba"], ["abcdefg"], ["abcdefgx"]):
        with pytest.raises(AssayError, match="not the records of"):
            require_same_records([both], [table(tmp_path / "c.parquet", list(others[0]))], todo="")
