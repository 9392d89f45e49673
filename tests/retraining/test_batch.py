"""A batch of new records: what is taken, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from assay.config.dataset import Column
from assay.config.load import typed
from assay.config.source import Dialect
from assay.errors import AssayError
from assay.records.reading import read
from assay.records.writing import write_csv
from assay.retraining.batch import batch_of, require_new, require_of_the_contract
from retraining_repository import records
from samples import plain

CONFIG = typed(plain())
RECORDS = records()
NEW = RECORDS[RECORDS["patient_id"].str.startswith("8610")].reset_index(drop=True)
OLD = RECORDS[RECORDS["patient_id"].str.startswith("8609")].reset_index(drop=True)


def written(path: Path, table: pd.DataFrame) -> Path:
    table.to_csv(path, index=False)
    return path


def test_a_batch_is_kept_byte_by_byte_under_its_hash(tmp_path: Path) -> None:
    file = written(tmp_path / "new.csv", NEW)
    batch = batch_of(file, None, CONFIG.dataset)
    assert batch.content == file.read_bytes()
    assert batch.path == Path(f"data/arrived/{batch.sha256[:12]}.csv")
    assert len(require_of_the_contract(batch, CONFIG).records) == len(NEW)


def test_personal_columns_are_not_kept(tmp_path: Path) -> None:
    columns = {**CONFIG.dataset.columns, "name": Column("text", "personal")}
    dataset = replace(CONFIG.dataset, columns=columns, personal=["name"])
    with_names = batch_of(written(tmp_path / "a.csv", NEW.assign(name="Ann")), None, dataset)
    assert b"Ann" not in with_names.content
    assert with_names.sha256 == batch_of(written(tmp_path / "b.csv", NEW), None, dataset).sha256


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (NEW.assign(weight="1"), "unknown column weight"),
        (NEW.drop(columns="TSH"), "missing column TSH"),
        (NEW.assign(sex="x"), "column sex: .*line 2"),
        (pd.concat([NEW, NEW[:1]]), "column patient_id: 2 value.s. repeated"),
        (NEW.assign(target="R"), r"months \(records\) that nothing can be learned from.*1986-10 \(131\)"),
        (NEW.assign(on_thyroxine="t"), "nothing can be learned from"),
        (NEW[:0], "no rows"),
    ],
)
def test_what_breaks_the_contract_or_teaches_nothing_is_refused(tmp_path: Path, table: pd.DataFrame, said: str) -> None:
    batch = batch_of(written(tmp_path / "new.csv", table), None, CONFIG.dataset)
    with pytest.raises(AssayError, match=said) as caught:
        require_of_the_contract(batch, CONFIG)
    assert caught.value.where == str(tmp_path / "new.csv")


@pytest.mark.parametrize(
    ("table", "said"),
    [(OLD, f"nothing new: all {len(OLD)} records"), (pd.concat([NEW, OLD[:2]]), f"2 of {len(NEW) + 2} records")],
)
def test_records_that_are_there_are_named(tmp_path: Path, table: pd.DataFrame, said: str) -> None:
    batch = batch_of(written(tmp_path / "new.csv", table), None, CONFIG.dataset)
    with pytest.raises(AssayError, match=said):
        require_new(batch, OLD, CONFIG.dataset)


@pytest.mark.parametrize("first", [True, False])
def test_a_batch_that_the_contract_names_is_found_under_its_name(tmp_path: Path, first: bool) -> None:
    batch = batch_of(written(tmp_path / "new.csv", NEW), None, CONFIG.dataset)
    assert batch.place_in(CONFIG.dataset) == ""
    files = [("data/tables/shop.csv", batch.sha256), ("b.csv", "0" * 64)]
    uris, hashes = map(list, zip(*files if first else files[::-1], strict=True))
    source = replace(CONFIG.dataset.source, uri=uris, sha256=hashes)
    assert batch.place_in(replace(CONFIG.dataset, source=source)) == "data/tables/shop.csv"


def test_new_records_pass(tmp_path: Path) -> None:
    require_new(batch_of(written(tmp_path / "new.csv", NEW), None, CONFIG.dataset), OLD, CONFIG.dataset)


def test_labels_are_joined_by_the_key_and_the_rest_waits(tmp_path: Path) -> None:
    labels = written(tmp_path / "labels.csv", NEW[["target", "patient_id"]][:100].iloc[::-1])
    batch = batch_of(written(tmp_path / "new.csv", NEW.drop(columns="target")), labels, CONFIG.dataset)
    assert (len(batch.table), batch.unlabelled) == (100, len(NEW) - 100)
    assert batch.table.set_index("patient_id")["target"].equals(NEW[:100].set_index("patient_id")["target"])


@pytest.mark.parametrize(
    ("new", "labels", "said"),
    [
        (NEW, NEW[["patient_id", "target"]], "has the column target already"),
        (NEW.drop(columns="target"), NEW[["patient_id"]], "missing column target"),
        (NEW.drop(columns="target"), OLD[["patient_id", "target"]], "none of 131 records has a label"),
        (NEW.drop(columns="target"), pd.concat([NEW, NEW[:1]])[["patient_id", "target"]], "two labels"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path: Path, new: pd.DataFrame, labels: pd.DataFrame, said: str) -> None:
    files = written(tmp_path / "new.csv", new), written(tmp_path / "labels.csv", labels)
    with pytest.raises(AssayError, match=said):
        batch_of(*files, CONFIG.dataset)


@pytest.mark.parametrize(("name", "said"), [("none.csv", "no such file"), ("new.xlsx", "not one of: .csv")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(AssayError, match=said):
        batch_of(tmp_path / name, None, CONFIG.dataset)


def test_a_batch_in_the_dialect_of_the_source_is_read_and_kept_in_it(tmp_path: Path) -> None:
    dialect = Dialect(encoding="utf-16", separator=";", trailing=True)
    columns = {**CONFIG.dataset.columns, "name": Column("text", "personal")}
    source = replace(CONFIG.dataset.source, dialect=dialect)
    dataset = replace(CONFIG.dataset, columns=columns, personal=["name"], source=source)
    write_csv(NEW.assign(name="Ann"), tmp_path / "new.csv", dialect)
    batch = batch_of(tmp_path / "new.csv", None, dataset)
    assert batch.table.equals(NEW.reset_index(drop=True).astype("str"))
    (tmp_path / "kept.csv").write_bytes(batch.content)
    assert read(tmp_path / "kept.csv", dialect=dialect).equals(batch.table)


def test_labels_in_another_dialect_are_joined_and_stored_in_that_of_the_source(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    NEW[["patient_id", "target"]].to_csv(labels, index=False, sep=";", encoding="utf-16")
    batch = batch_of(written(tmp_path / "new.csv", NEW.drop(columns="target")), labels, CONFIG.dataset)
    assert batch.table["target"].tolist() == NEW["target"].tolist()
    (tmp_path / "kept.csv").write_bytes(batch.content)
    assert read(tmp_path / "kept.csv").equals(batch.table)


def test_a_wrong_label_is_named_with_its_line_in_the_file_of_labels(tmp_path: Path) -> None:
    labels = written(tmp_path / "labels.csv", NEW[["patient_id"]].assign(target=["-", "none", *["-"] * (len(NEW) - 2)]))
    with pytest.raises(AssayError, match=r"'none'; line 3") as caught:
        batch_of(written(tmp_path / "new.csv", NEW.drop(columns="target")), labels, CONFIG.dataset)
    assert caught.value.where == str(labels)


def test_records_that_are_not_written_as_the_contract_says_are_refused(tmp_path: Path) -> None:
    NEW.to_csv(tmp_path / "new.csv", index=False, sep=";")
    with pytest.raises(AssayError, match="one column") as caught:
        batch_of(tmp_path / "new.csv", None, CONFIG.dataset)
    assert caught.value.todo.startswith("write ',' between the cells")
