"""collect: the declared file or none."""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from assay.config.dataset import Dataset
from assay.config.sample import Sample
from assay.errors import AssayError
from assay.files import WRITING, sha256
from assay.records.columns import WEIGHT
from assay.sampling.source import parquet_files, unordered_fingerprint
from assay.stages.collect import collect
from declared_source import declared


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_file_is_copied_byte_by_byte(source: Path, tmp_path: Path, prefix: str) -> None:
    target = tmp_path / "data/raw"
    collect(declared(f"{prefix}{source}", sha256(source)), target)
    assert (target / "records.csv").read_bytes() == source.read_bytes()


def test_a_file_of_an_installed_package(tmp_path: Path) -> None:
    import assay.report

    inside = Path(assay.report.__file__).parent / "report.html.j2"
    collect(declared("package://assay/report/report.html.j2", sha256(inside)), tmp_path / "target")
    assert sha256(tmp_path / "target/records.csv") == sha256(inside)


def test_another_file_than_the_declared_one_is_refused_and_the_old_copy_kept(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "raw"
    target.mkdir()
    (target / "records.csv").write_text("the last good one")
    with pytest.raises(AssayError, match="not the declared one") as caught:
        collect(declared(source, "0" * 64), target)
    assert sha256(source) in str(caught.value)
    assert "0" * 64 in str(caught.value)
    assert (target / "records.csv").read_text() == "the last good one"


@pytest.mark.parametrize(
    "uri",
    [
        "file://no/such/file.csv",
        "package://no_such_package/a.csv",
        "package://assay/no/such.csv",
        "gopher://host/a.csv",
    ],
)
def test_a_source_that_cannot_be_read_is_named(tmp_path: Path, uri: str) -> None:
    with pytest.raises(AssayError, match="cannot be read") as caught:
        collect(declared(uri, "0" * 64), tmp_path / "target")
    assert uri in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("uri", "there", "what", "todo"),
    [
        (
            "my tables/a.csv",
            [],
            "neither git nor DVC keeps",
            "dvc add 'my tables/a.csv' && git add 'my tables/a.csv.dvc'",
        ),
        ("a.csv", [], "neither git nor DVC keeps", "dvc add a.csv && git add a.csv.dvc .gitignore"),
        ("a.csv", ["a.csv.dvc"], "though DVC keeps it", "dvc checkout a.csv.dvc, or dvc pull"),
        ("/no/such/a.csv", [], "only the machine that has it", "bring it into the repository"),
    ],
)
def test_a_source_that_nobody_keeps_is_named_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str, there: list[str], what: str, todo: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in there:
        Path(name).touch()
    with pytest.raises(AssayError, match=what) as caught:
        collect(declared(uri, "0" * 64), tmp_path / "target")
    assert caught.value.where == uri
    assert todo in f"{caught.value.what} {caught.value.todo}"


@pytest.mark.parametrize(
    "uri",
    [
        "package://evil_module.inner/a.csv",
        "reference://k::file:///refs.json",
        "simplecache::file:///etc/hostname",
        "ssh://host/a.csv",
        "memory://a.csv",
        "python:evil_module://a",
    ],
)
def test_a_source_of_another_kind_imports_and_runs_nothing(
    uri: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "evil_module").mkdir()
    (here / "evil_module/__init__.py").write_text("open('executed', 'w')")
    monkeypatch.syspath_prepend(here)
    with pytest.raises(AssayError, match="cannot be read") as caught:
        collect(declared(uri, "0" * 64), here / "target.csv")
    assert uri in str(caught.value)
    assert not Path("executed").exists()
    assert "evil_module" not in sys.modules


TABLE = pd.DataFrame(
    {
        "name": ["Ann", "Böb"],
        "whole": [1.0, float("nan")],
        "part": [0.1, 1e-9],
        "flag": [True, False],
        "day": pd.to_datetime(["2020-01-02", None]),
    }
)


@pytest.mark.parametrize(("suffix", "form"), [(".parquet", None), (".bin", "parquet"), (".bin", "pickle.xz")])
def test_other_formats_become_parquet_without_what_is_personal(tmp_path: Path, suffix: str, form: str | None) -> None:
    source = tmp_path / f"source{suffix}"
    if form == "pickle.xz":
        TABLE.to_pickle(source, compression="xz")
    else:
        TABLE.to_parquet(source)
    target = tmp_path / "data/raw"
    collect(declared(source, sha256(source), form, name="personal"), target)
    assert list(target.iterdir()) == [target / "records.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(target / "records.parquet"), TABLE.drop(columns="name"))
    assert b"Ann" not in (target / "records.parquet").read_bytes()
    assert list(target.parent.iterdir()) == [target]


def test_parquet_without_personal_columns_is_copied_byte_by_byte(tmp_path: Path) -> None:
    source = tmp_path / "source.parquet"
    TABLE.to_parquet(source)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/records.csv").write_text("of the source before")
    collect(declared(source, sha256(source)), tmp_path / "raw")
    assert list((tmp_path / "raw").iterdir()) == [tmp_path / "raw/records.parquet"]
    assert sha256(tmp_path / "raw/records.parquet") == sha256(source)


def test_a_column_is_left_out_whose_name_begins_like_that_of_another(tmp_path: Path) -> None:
    source = tmp_path / "source.parquet"
    pd.DataFrame({"person": ["p1"], "person.name": ["Ann"], "y": ["a"]}).to_parquet(source)
    collect(declared(source, sha256(source), **{"person.name": "personal"}), tmp_path / "raw")
    assert pd.read_parquet(tmp_path / "raw/records.parquet").to_dict("list") == {"person": ["p1"], "y": ["a"]}
    assert b"Ann" not in (tmp_path / "raw/records.parquet").read_bytes()


@pytest.mark.parametrize(
    ("values", "kind"), [([["a"], ["b", "c"]], "list<"), ([b"a", None], "binary"), ([{"a": 1}, {}], "struct<")]
)
def test_a_column_of_what_is_no_value_is_named_unless_it_is_left_out(
    tmp_path: Path, values: list[object], kind: str
) -> None:
    source = tmp_path / "source.parquet"
    pd.DataFrame({"odd": values, "y": ["a", "b"]}).to_parquet(source)
    with pytest.raises(AssayError, match=rf"in all rows: column odd \({kind}") as caught:
        collect(declared(source, sha256(source)), tmp_path / "raw")
    assert str(source) in str(caught.value)
    collect(declared(source, sha256(source), odd="personal"), tmp_path / "raw")
    assert list(pd.read_parquet(tmp_path / "raw/records.parquet")) == ["y"]


def sampled_from(uri: Path, sha: str, **roles: str) -> Dataset:
    return replace(declared(uri, sha, **roles), sample=Sample(rows=4, key="number", label="ill", positive=["1"]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two Parquet files with ten rows: every fifth is ill."""
    folder = tmp_path / "source"
    folder.mkdir()
    table = pd.DataFrame({"number": range(10), "ill": [int(n % 5 == 0) for n in range(10)], "name": list("abcdefghij")})
    for part, rows in (("a", slice(0, 3)), ("b", slice(3, 10))):
        table[rows].to_parquet(folder / f"{part}.parquet")
    return folder


def test_a_sample_is_brought_with_its_weights_and_without_what_is_personal(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "data/raw"
    dataset = sampled_from(folder, unordered_fingerprint(parquet_files(str(folder))), name="personal")
    report = collect(dataset, target)["sample"]
    assert report is not None
    assert (report["rows"], report["drawn"], list(report["columns"])) == (10, 4, ["ill"])
    drawn = pd.read_parquet(target / "records.parquet")
    assert list(drawn) == ["number", "ill", WEIGHT]
    assert sorted(zip(drawn["ill"], drawn[WEIGHT], strict=True)) == [(0, 8 / 3)] * 3 + [(1, 2)]
    assert list(target.iterdir()) == [target / "records.parquet"]
    assert list(target.parent.iterdir()) == [target]


def test_a_sample_of_other_files_than_the_declared_ones_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="not the declared one") as caught:
        collect(sampled_from(folder, "0" * 64), tmp_path / "target")
    assert "2 file(s)" in str(caught.value)
    assert unordered_fingerprint(parquet_files(str(folder))) in str(caught.value)


def test_a_personal_column_that_is_not_there_is_named(source: Path, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="missing column surname"):
        collect(declared(source, sha256(source), a="personal", surname="personal"), tmp_path / "target")


def test_a_pickle_is_not_read_unless_its_hash_is_the_declared_one(tmp_path: Path) -> None:
    source = tmp_path / "source.pkl.xz"
    source.write_bytes(b"whatever code it holds")
    with pytest.raises(AssayError, match="not the declared one"):
        collect(declared(source, "0" * 64, "pickle.xz"), tmp_path / "target")


def test_a_file_that_is_no_such_table_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="not a PARQUET table"):
        collect(declared(source, sha256(source), "parquet"), tmp_path / "target")


def without_its_end(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def with_other_pages(whole: bytes) -> bytes:
    return whole[:4] + bytes(len(whole[4:300])) + whole[300:]


def with_a_line_too_long(_: bytes) -> bytes:
    return b"name,y\nAnn,1\nBob,2,3\n"


@pytest.mark.parametrize(
    ("form", "damaged", "roles"),
    [
        ("parquet", without_its_end, {}),
        ("parquet", without_its_end, {"name": "personal"}),
        ("parquet", with_other_pages, {"name": "personal"}),
        ("pickle.xz", without_its_end, {}),
        ("pickle.xz", without_its_end, {"name": "personal"}),
        ("csv", with_a_line_too_long, {"name": "personal"}),
    ],
)
def test_a_damaged_source_is_named_and_not_the_copy_that_was_read(
    form: str, damaged: Callable[[bytes], bytes], roles: dict[str, str], tmp_path: Path
) -> None:
    source = tmp_path / "source"
    write = TABLE.to_parquet if form == "parquet" else partial(TABLE.to_pickle, compression="xz")
    write(source)
    source.write_bytes(damaged(source.read_bytes()))
    with pytest.raises(AssayError, match=f"not a {form.upper()} table") as caught:
        collect(declared(source, sha256(source), form, **roles), tmp_path / "target")
    assert caught.value.where == str(source)
    assert f"restore {source}, or" in caught.value.todo
    assert WRITING not in str(caught.value)
