"""DuckDB within its memory: one clear message for each fault, nothing left on the disk, texts that stay texts."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from assay.errors import AssayError
from assay.records.database import database, identifier, literal, scan

SORTED = "CREATE TABLE many AS SELECT hash(range) AS h, range::VARCHAR AS t FROM range(3000000) ORDER BY h"


@pytest.mark.parametrize(
    ("query", "said", "todo"),
    [
        ("SELECT 'no day'::DATE", "no day", "correct dataset.made or the source"),
        ("SELECT * FROM read_parquet('missing.parquet')", "missing.parquet", "make sure that the table can be read"),
        (
            "SELECT list(h ORDER BY h) FROM (SELECT hash(range) AS h FROM range(30000000))",
            "emory",
            "give engine.memory",
        ),
    ],
    ids=["a value", "a file", "memory"],
)
def test_a_fault_is_one_message_and_leaves_nothing(query: str, said: str, todo: str, tmp_path: Path) -> None:
    with (
        pytest.raises(AssayError) as caught,
        database(tmp_path, "the table", "dataset.made", memory="50MiB", threads=1) as connection,
    ):
        connection.execute(query).fetchall()
    assert said in caught.value.what
    assert "\n" not in caught.value.what
    assert caught.value.where == "the table"
    assert caught.value.todo.startswith(todo)
    assert not list(tmp_path.iterdir())


def test_what_exceeds_its_memory_goes_to_the_disk(tmp_path: Path) -> None:
    with database(tmp_path, "the table", "dataset.made", memory="60MiB", threads=1) as connection:
        connection.execute(SORTED)
        assert any(path.is_file() for path in tmp_path.rglob("*"))
        assert connection.execute("SELECT count(*), count(DISTINCT t) FROM many").fetchall() == [(3_000_000, 3_000_000)]
    assert not list(tmp_path.iterdir())


def test_without_duckdb_one_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(AssayError, match="duckdb is not installed"), database(tmp_path, "the table", "dataset.made"):
        pass


def test_a_duckdb_that_cannot_be_loaded_is_not_called_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "duckdb.py").write_text("raise ImportError('failed to map a segment')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "duckdb", raising=False)
    with pytest.raises(ImportError, match="segment"), database(tmp_path, "the table", "dataset.made"):
        pass


@pytest.mark.parametrize("text", ["plain", "o'clock", '"', "'; DROP TABLE t; --", "a\nb", ""])
def test_a_text_is_a_text_and_no_sql(text: str, tmp_path: Path) -> None:
    with database(tmp_path, "the table", "dataset.made") as connection:
        assert connection.execute(f"SELECT {literal(text)}").fetchall() == [(text,)]
        if text:
            found = connection.execute(f"SELECT 1 AS {identifier(text)}")
            assert [column[0] for column in found.description] == [text]


def test_files_are_read_by_the_names_of_their_columns_alone(tmp_path: Path) -> None:
    files = [tmp_path / "day=1/it's one.parquet", tmp_path / "day=2/two.parquet"]
    for number, file in enumerate(files):
        file.parent.mkdir()
        table = pd.DataFrame({"a": [number], "b": [f"b{number}"]})
        table[["a", "b"] if number else ["b", "a"]].to_parquet(file)
    with database(tmp_path, "the table", "dataset.made") as connection:
        found = connection.execute(f"SELECT * FROM ({scan(files)}) ORDER BY a").df()
    assert set(found) == {"a", "b"}
    assert found[["a", "b"]].to_numpy().tolist() == [[0, "b0"], [1, "b1"]]
