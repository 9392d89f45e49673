"""A CSV in any dialect gives the table that was written, or stops at the line of the fault."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from assay.config.source import Dialect
from assay.errors import AssayError
from assay.records import checked, streaming
from assay.records.reading import names_in, read
from assay.records.streaming import CsvRecords
from assay.records.writing import write_csv

DIALECTS = [
    Dialect(separator=";"),
    Dialect(separator="\t", quote=""),
    Dialect(encoding="utf-16"),
    Dialect(encoding="cp1252", separator="|"),
    Dialect(above=2),
    Dialect(trailing=True),
    Dialect(strip=True, separator=";", quote="'"),
]
TABLE = pd.DataFrame({"name": ["Fürth", "a, b", ""], "n": ["1", "2", "3"], "last": ["x", "", "z"]}, dtype="str")


def table_of(content: bytes, dialect: Dialect) -> pd.DataFrame:
    records = CsvRecords(io.BytesIO(content), "f.csv", "correct it", dialect)
    return pd.concat([one.table("f.csv", "") for one in records.batches(records.names)])


def refused(content: bytes, dialect: Dialect) -> str:
    with pytest.raises(AssayError) as caught:
        table_of(content, dialect)
    assert caught.value.where == "f.csv"
    return caught.value.what.removeprefix("not a CSV table: ")


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
def test_what_is_written_in_a_dialect_reads_back(dialect: Dialect, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    write_csv(TABLE, path, dialect)
    assert_frame_equal(read(path, dialect=dialect), TABLE)
    assert names_in(path, "csv", dialect=dialect) == list(TABLE.columns)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@given(
    cells=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6),
    separator=st.sampled_from(";\t|,"),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-be"]),
    above=st.integers(0, 3),
    trailing=st.booleans(),
)
def test_any_texts_read_back_in_any_dialect(
    cells: list[tuple[str, str, str]],
    separator: str,
    encoding: str,
    above: int,
    trailing: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path, dialect = (
        tmp_path_factory.mktemp("dialect") / "f.csv",
        Dialect(encoding, separator, '"', above, False, trailing),
    )
    write_csv(pd.DataFrame(cells, columns=["a", "b", "c"], dtype="str"), path, dialect)
    assert read(path, dialect=dialect).to_numpy().tolist() == [list(one) for one in cells]


@pytest.mark.parametrize(
    ("text", "dialect", "what"),
    [
        ("a;b\n1;2\n1;2;3\n", Dialect(separator=";"), "line 3: 3 cells and not 2"),
        ("t\n\na;b\n1;2\n1\n", Dialect(separator=";", above=2), "line 5: 1 cells and not 2"),
        ("a;b\n1;2\n1;2;\n", Dialect(separator=";", trailing=True), "line 2: does not end in one separator more"),
        ("a;b\n1;2;\n1;2;3\n", Dialect(separator=";", trailing=True), "line 3: does not end in one separator more"),
        ('a;b\n1;2\n1;"2\n\n', Dialect(separator=";"), "line 3: a quotation mark is never closed"),
        ('a;b\n1;2\n1;"2"3\n', Dialect(separator=";"), "line 3: something follows a closing quotation mark"),
        ('a;b;c;d\n1;"2;3;4\n5;6";7;8\n', Dialect(separator=";"), "lines 2 to 3 are one record"),
        ("", Dialect(separator=";"), "the file is empty"),
        ("a;b\n1;2\n", Dialect(encoding="ascii-85"), "unknown encoding: ascii-85"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, dialect: Dialect, what: str) -> None:
    assert refused(text.encode(), dialect).startswith(what)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "ascii"])
def test_a_text_in_another_encoding_is_told_with_its_line(encoding: str) -> None:
    good = "a;b\n" + "1;2\n" * 100
    content = good.encode(encoding) + (b"\xff;2\n" if encoding != "utf-16-le" else b"\x00\xd8\x31\x00")
    assert refused(content, Dialect(encoding, ";")).startswith("line 102: the text is not in")


def test_a_header_alone_has_no_records() -> None:
    records = CsvRecords(io.BytesIO(b"a;b\n"), "f.csv", "", Dialect(separator=";"))
    assert (records.names, list(records.batches(["a"]))) == (["a", "b"], [])


@pytest.mark.parametrize("size", [1, 7, 64])
def test_the_bytes_do_not_depend_on_how_many_are_asked_for(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"1,2\n" * 9 + b'"3\n4",5\n\n' * 3 + b"6,7\n" * 5
    whole = checked.Checked(io.BytesIO(content), 2, 1).read(10_000)
    parts = checked.Checked(io.BytesIO(content), 2, 1)
    assert b"".join(iter(lambda: parts.read(size), b"")) == whole
    monkeypatch.setattr(streaming, "BLOCK", 64)
    assert len(table_of(b"a,b\n" + content, Dialect())) == 17


@given(st.text(st.sampled_from('a1,"\n;'), max_size=40))
def test_no_record_is_swallowed(text: str) -> None:
    """What Python's strict reader and ours make of any text is the same, or both refuse it."""
    import csv

    content = "a,b\n" + text
    try:
        expected = [row for row in csv.reader(io.StringIO(content, newline=""), strict=True) if row][1:]
        good = all(len(row) == 2 for row in expected)
    except csv.Error:
        good = False
    try:
        records = CsvRecords(io.BytesIO(content.encode()), "f.csv", "")
        batches = [one.table("f.csv", "") for one in records.batches(records.names)]
        found = pd.concat(batches).to_numpy().tolist() if batches else []
    except AssayError:
        assert not good
    else:
        assert good
        assert found == expected
