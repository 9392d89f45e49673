"""Files read in batches give what they give when they are read whole."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from pyarrow import parquet

from assay.errors import AssayError
from assay.records import streaming
from assay.records.dialect import NOT_UTF8
from assay.records.reading import read
from assay.records.streaming import CsvRecords, ParquetRecords

SMALL = 64  # bytes of a block, so that a small file has many
MEND = "correct the file"


@pytest.fixture(params=[None, 1, 3])
def rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """Batches of this many rows; None for as many as there are."""
    if request.param:
        monkeypatch.setattr(streaming, "ROWS", request.param)
    return request.param


def of_csv(content: bytes) -> pd.DataFrame:
    records = CsvRecords(io.BytesIO(content), "f.csv", MEND)
    return pd.concat([one.table("f.csv", MEND) for one in records.batches(records.names)])


def refused(content: bytes) -> str:
    with pytest.raises(AssayError) as caught:
        of_csv(content)
    return caught.value.what


READ = {
    "plain": b"a,b\n1,2\n3,4\n5,6\n7,8\n",
    "quoted": b'a,b\n"x,y","say ""hi"""\n"1\n2",3\n"4\r\n5",\n',
    "quotes within": b'a,b\nx"y,z""w\n "p",q"\n',
    "carriage returns": b"a,b\r\n1,2\r\n3,4\r\n",
    "a mark at the start": b"\xef\xbb\xbfa,b\n1,2\n",
    "a quoted name": b'"a\nb","c,d"\n1,2\n',
    "empty lines": b"\n\na,b\n\n1,2\n\n\n3,4",
    "nothing is special": b"a,b\nNA,null\nnan,\n0012,1e5\n",
    "a column without a name": b",a\n0,1\n1,2\n",
    "letters of the world": "ä,b\nß,\u2028\n".encode(),
}


@pytest.mark.parametrize("content", READ.values(), ids=READ)
def test_a_csv_gives_what_it_gives_when_it_is_read_whole(content: bytes, rows: int | None, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(content)
    assert_frame_equal(of_csv(content), read(tmp_path / "f.csv"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "not a CSV table: the file is empty"),
        (b"\n \n", "not a CSV table: the file is empty"),
        (b"a,b,a\n1,2,3\n", "columns of the same name: a"),
        (b"a,b\n1,2\n1,2,3\n", "not a CSV table: line 3: 3 cells and not 2"),
        (b'a,b\n"1\n1",2\n\n1\n', "not a CSV table: line 5: 1 cells and not 2"),
        (b"a,b\n1,2\n3,\xff\n", f"not a CSV table: line 3: {NOT_UTF8}"),
        (b'a,b\n"1,2\n', "not a CSV table: line 2: a quotation mark is never closed"),
        (b'a,b\n1,2\n1,"2\n3,4\n', "not a CSV table: line 3: a quotation mark is never closed"),
        (b'a,b\n1,2\n\n1,"2\n3,4"x\n', "not a CSV table: line 5: something follows a closing quotation mark"),
        (b'a,b,c,d\n1,2,"3,4\n5,6,7",8\n', "not a CSV table: lines 2 to 3 are one record, by a quoted cell"),
        (b"a,b\n1,2\n1,\0\n", "not a CSV table: line 3: a NUL"),
        (
            b'a,b\n1,"' + b"2\n" * streaming.BLOCK,
            "not a CSV table: line 2: a record of more than 4 MiB",
        ),
        (b"a,b\r1,2\r", "not a CSV table: lines end with a carriage return alone"),
        *(
            (text.encode(code), f"not a CSV table: {NOT_UTF8}")
            for text, code in (
                ("a,b\n1,2\n", "utf-16"),
                ("a,b\n1,2\n", "utf-16-le"),
                ("a,b\r\n1,2\r\n", "utf-16-be"),
                ("a,é\n1,2\n", "latin-1"),
            )
        ),
    ],
)
def test_what_is_no_table_is_told_with_its_line(content: bytes, what: str) -> None:
    assert refused(content).startswith(what)


def test_a_header_alone_has_no_records() -> None:
    assert [len(one.columns) for one in CsvRecords(io.BytesIO(b"a,b\n"), "f.csv", MEND).batches(["a"])] == []


@pytest.mark.parametrize(("last", "why"), [(b"1,2,3\n", "3 cells and not 2"), (b"1,\xff\n", NOT_UTF8)])
def test_the_line_is_right_in_any_block(last: bytes, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "BLOCK", SMALL)
    assert refused(b"a,b\n" + b'"1\n1",2\n' * 100 + last) == f"not a CSV table: line 202: {why}"


@pytest.mark.parametrize(
    "last",
    [
        b"secret,2,3\n",
        b"secret\n",
        b'secret,"secret\nsecret",secret\n',
        b'"secret,2\nsecret,2,3\n',
        b"secret,\xe9\n",
        b'secret,"' + b"x" * 2 * streaming.BLOCK + b'"\n',
    ],
)
@pytest.mark.parametrize("before", [0, 200_000], ids=["the first record", "after 1 MB"])
def test_an_error_does_not_quote_the_record(last: bytes, before: int) -> None:
    assert "secret" not in refused(b"a,b\n" + b"1,234\n" * before + last)


@pytest.mark.parametrize("after", [0, 1_500_000], ids=["it is the last", "Arrow reads on meanwhile"])
def test_the_line_is_right_in_a_file_of_any_size(after: int) -> None:
    told = refused(b"a,b\n" + b"1,234\n" * 200_000 + b"1,2,3\n" + b"1,234\n" * after)
    assert told == "not a CSV table: line 200002: 3 cells and not 2"


def test_a_pipe_has_records_and_no_lines() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise OSError("a pipe")

    records = CsvRecords(Pipe(b"a\n1\n2,3\n"), "stdin", MEND)
    assert (records.size, records.done()) == (None, 0)
    with pytest.raises(AssayError, match="record 2: 2 cells and not 1"):
        list(records.batches(["a"]))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_texts_come_through(cells: list[tuple[str, str]], end: str, quoted: bool) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([("a", "b"), *cells])
    assert of_csv(text.getvalue().encode()).to_numpy().tolist() == [list(one) for one in cells]


def test_batches_of_a_csv_are_bounded_in_bytes() -> None:
    content = b"a,b\n" + (b"x" * 1_000_000 + b",2\n") * 12
    records = CsvRecords(io.BytesIO(content), "f.csv", MEND)
    sizes = [one.columns.nbytes for one in records.batches(["a", "b"])]
    assert max(sizes) < 2 * streaming.BLOCK
    assert records.done() == records.size == len(content)


def test_columns_that_are_not_asked_for_are_not_read() -> None:
    records = CsvRecords(io.BytesIO(b"a,b\n1,\xff\n"), "f.csv", MEND)
    assert [one.columns.schema.names for one in records.batches(["a"])] == [["a"]]


COLUMNS: dict[str, pa.Array] = {
    "whole": pa.array([1, None, 3, 4], pa.int32()),
    "large": pa.array([2**63, 1, None, 2**64 - 1], pa.uint64()),
    "number": pa.array([1.5, None, 2.0, 3.0], pa.float32()),
    "text": pa.array(["a", None, "", "b"]),
    "empty": pa.nulls(4),
    "flag": pa.array([True, None, False, None]),
    "day": pa.array([0, None, 1, 2], pa.date32()),
    "time": pa.array([0, None, 1, 2], pa.timestamp("ns", "Europe/Berlin")),
    "category": pa.array(["a", None, "b", "a"]).dictionary_encode(),
    "price": pa.array([1, None, 2, 3]).cast(pa.decimal128(21, 2)),
    "a.b": pa.array(["x", "y", "z", None]),
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    parquet.write_table(
        pa.table({**COLUMNS, "__index_level_0__": [0, 1, 2, 3]}), tmp_path / "f.parquet", row_group_size=3
    )
    return tmp_path / "f.parquet"


@pytest.fixture
def records(table: Path) -> Iterator[ParquetRecords]:
    with table.open("rb") as stream:
        yield ParquetRecords(stream, str(table), MEND)


def test_parquet_gives_what_it_gives_when_it_is_read_whole(
    table: Path, records: ParquetRecords, rows: int | None
) -> None:
    whole, parts = read(table), [one.table("f", MEND) for one in records.batches(list(COLUMNS))]
    assert (records.names, records.size, records.done()) == (list(COLUMNS), 4, 4)
    assert_frame_equal(pd.concat(parts), whole)
    for part in parts:
        assert part.dtypes.tolist() == whole.dtypes.tolist()


def test_batches_of_parquet_are_bounded_in_bytes(tmp_path: Path) -> None:
    texts = pa.array([f"{number}" * 500_000 for number in range(10, 30)])
    parquet.write_table(pa.table({"a": texts, "b": range(20)}), tmp_path / "f.parquet", use_dictionary=False)
    with (tmp_path / "f.parquet").open("rb") as stream:
        records = ParquetRecords(stream, "f.parquet", MEND)
        assert [one.columns.num_rows for one in records.batches(["a"])] == [4] * 5
        assert [one.columns.num_rows for one in records.batches(["b"])] == [20]


def test_what_no_contract_can_describe_is_refused_only_if_it_is_read(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1], "b": [[1, 2]]}), tmp_path / "f.parquet")
    with (tmp_path / "f.parquet").open("rb") as stream:
        records = ParquetRecords(stream, "f.parquet", MEND)
        assert len(list(records.batches(["a"]))) == 1
        with pytest.raises(AssayError, match=r"column b \(list<element: int64>\)"):
            list(records.batches(["b"]))


def test_a_damaged_parquet_file_is_told(table: Path) -> None:
    content = bytearray(table.read_bytes())
    content[4:400] = bytes(396)
    with pytest.raises(AssayError, match="not a PARQUET table"):
        list(ParquetRecords(io.BytesIO(bytes(content)), "f.parquet", MEND).batches(list(COLUMNS)))
    with pytest.raises(AssayError, match="not a PARQUET table"):
        ParquetRecords(io.BytesIO(b"a,b\n1,2\n"), "f.parquet", MEND)
