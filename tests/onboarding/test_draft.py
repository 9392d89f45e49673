"""A first contract composes, and takes the very table that it was written from."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.config.compose import composed
from assay.config.dataset import Column, Dataset
from assay.config.load import typed, typed_as
from assay.config.source import Dialect
from assay.errors import AssayError
from assay.onboarding.dataset import init_dataset
from assay.onboarding.draft import draft
from assay.onboarding.outcome import Answer, outcome
from assay.onboarding.table_facts import chosen_target
from assay.preparation.reconcile import clean
from assay.records.reading import read
from assay.stages.collect import collect
from samples import ROOT

LOST = Answer(["lost"])
SOURCE = {"uri": "shop.csv", "sha256": "0", "licence": "unknown", "citation": "unknown"}


def stranger(n: int = 120, wide: int = 3) -> pd.DataFrame:
    """n records of a shop: ids, dates, flags, categories, gaps under several markers, and `wide` numbers."""
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "Order ID": [f"o{i}" for i in range(n)],
            "customer_id": [f"c{i // 2}" for i in range(n)],
            "bought on": pd.date_range("2024-01-01", periods=n).strftime("%Y-%m-%d"),
            "gift": generator.choice(["Yes", "no"], n),
            "2nd": generator.choice(["on", "off", "NA"], n),
            "size": generator.choice(["S", "M", "L", "?"], n),
            "note": [f"please leave number {i} at the door, and ring the bell twice" for i in range(n)],
            **{f"x.{i}": [f"{value:.3f}" for value in generator.normal(size=n)] for i in range(wide)},
            "returned": generator.choice(["kept", "returned", "lost"], n, p=[0.8, 0.1, 0.1]),
            "refund": "0",
        },
        dtype="str",
    ).assign(refund=lambda table: np.where(table["returned"] == "lost", "9.5", "0"))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """conf/ and what composes it, to be written into."""
    import shutil

    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    (tmp_path / "src").symlink_to(ROOT / "src")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("wide", [3, 500])
def test_what_is_written_composes_and_takes_the_table_it_came_from(repository: Path, wide: int) -> None:
    table = stranger(wide=wide)
    table.to_csv("Shop returns.csv", index=False)
    name, _, written = init_dataset(repository / "Shop returns.csv", None, "returned", LOST)
    parts = ("dataset", "labels", "split")
    assert [str(path) for path in written] == [f"conf/{part}/shop_returns.yaml" for part in parts]
    config = typed(yaml.safe_load(composed([f"dataset={name}"])))
    assert (config.labels.positive, config.split.by) == (["lost"], "group")
    assert (config.dataset.key, config.dataset.group) == ("Order ID", "customer_id")
    assert config.dataset.source.uri == "Shop returns.csv"
    result = clean(table, config.dataset, "here")
    assert len(result.records) == len(table)
    assert not len(result.quarantined)


def test_of_very_many_columns_those_with_the_description_of_another_name_it() -> None:
    table = stranger(wide=200).assign(**{"a: b": ["x", "y"] * 60, "x.${1}": "1", "x, y": ["y", "x"] * 60})
    text = draft("shop", table, SOURCE, "returned", LOST).dataset
    assert "\ncolumns:  # like NAME: described as that column is\n" in text
    assert "  x.0: {type: number}\n  x.1: like x.0\n" in text
    assert "  'a: b': {type: category, values: [x, y]}\n  x.${1}: {type: number}" in text
    assert "  x, y: 'like a: b'\n" in text
    columns = typed_as(Dataset, yaml.safe_load(text), "dataset").columns
    assert (columns["x.199"], columns["x, y"]) == (Column("number"), Column("category", values=["x", "y"]))
    assert "like" not in draft("shop", stranger(wide=3), SOURCE, "returned", LOST).dataset


def test_records_that_repeat_others_are_named_and_can_be_dropped(repository: Path) -> None:
    table = stranger()
    twice = pd.concat([table, table.head(7).assign(**{"Order ID": [f"p{i}" for i in range(7)]})], ignore_index=True)
    twice.to_csv("shop.csv", index=False)
    _, drafted, (contract, *_) = init_dataset(repository / "shop.csv", None, "returned", LOST)
    assert "7 records repeat an earlier one: if entered twice, set repeats" in drafted.remarks
    contract.write_text(contract.read_text().replace("\n# repeats:", "\nrepeats:"))
    cleaned = clean(twice, typed(yaml.safe_load(composed(["dataset=shop"]))).dataset, "here")
    assert len(cleaned.records) == len(table)
    assert not any(
        "records repeat" in remark for remark in draft("shop", table, {"uri": "x"}, "returned", LOST).remarks
    )


def test_what_is_meant_for_readers_can_be_filled_in(repository: Path) -> None:
    stranger().to_csv("shop.csv", index=False)
    written = init_dataset(repository / "shop.csv", None, "returned", LOST)[2][0]
    text = written.read_text().replace("# about: ", "about: Orders.").replace("# codes:", "codes:")
    written.write_text(text.replace("'lost': ''", "lost: gone").replace("lost: ''", "lost: gone"))
    dataset = typed(yaml.safe_load(composed(["dataset=shop"]))).dataset
    assert (dataset.about, dataset.codes) == ("Orders.", {"kept": "", "lost": "gone", "returned": ""})


def test_what_must_be_decided_is_said() -> None:
    remarks = "\n".join(draft("shop", stranger(), {"uri": "x"}, "returned", LOST).remarks)
    assert "refund: predicts the target alone" in remarks
    assert "note: free text" in remarks
    assert "bought on: if it says when the record was made: set role ignore" in remarks
    assert "x.0: predicts" not in remarks


@pytest.mark.parametrize(
    ("columns", "asked", "said"),
    [
        (["a", "b"], None, "which column is the target"),
        (["class", "label"], None, "class, label"),
        (["a", "b"], "c", "no column 'c'"),
    ],
)
def test_a_target_that_is_not_clear_is_asked_for(columns: list[str], asked: str | None, said: str) -> None:
    with pytest.raises(AssayError, match=said):
        chosen_target(pd.DataFrame(columns=columns), asked)


@pytest.mark.parametrize("values", [["a"] * 30, [str(i) for i in range(30)]], ids=["one class", "a measurement"])
def test_a_target_without_classes_is_refused(values: list[str]) -> None:
    with pytest.raises(AssayError, match="different values"):
        outcome(pd.Series(values, name="y"), [], Answer())


@pytest.mark.parametrize(
    ("file", "content", "name", "said"),
    [
        ("a.xlsx", "x", None, "not one of"),
        ("a.csv", "x\n1\n", None, "no table"),
        ("a.csv", "", None, "the file is empty"),
        ("a.csv", " \n\n", None, "no table"),
        ("a.csv", "x,y\n", None, "0 rows"),
        ("a.csv", "x,y\n1,a\n", "../up", "no name"),
        ("thyroid.csv", "x,y\n1,a\n", None, "already"),
        ("none.csv", None, None, "there is no file none.csv"),
    ],
)
def test_what_is_no_table_is_refused(
    repository: Path, file: str, content: str | None, name: str | None, said: str
) -> None:
    if content is not None:
        (repository / file).write_text(content)
    with pytest.raises(AssayError, match=said):
        init_dataset(repository / file, name, None)
    assert not (repository / "conf/dataset/a.yaml").exists()


def test_a_file_that_is_not_there_is_named_with_the_folder_that_was_looked_in(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = repository / "tables"
    deep.mkdir()
    (repository / "dvc.yaml").touch()
    (deep / "shops.csv").write_text("x,y\n1,a\n")
    (repository / "empty").mkdir()
    (deep / "broken.csv").symlink_to("nowhere.csv")
    os.mkfifo(deep / "pipe.csv")
    monkeypatch.chdir(deep)
    for given, what, todo in (
        ("shop.csv", "there is no file shop.csv", "did you mean shops.csv?"),
        ("other.csv", "there is no file other.csv", "a path is taken from the folder that you stand in"),
        ("../empty", "no CSV or Parquet file in the folder", "name a folder with files of one format"),
        ("broken.csv", "broken.csv is a link to nowhere.csv, which is no file", "name the file itself, or restore it"),
        ("pipe.csv", "pipe.csv is no file but a pipe or a device", "save it as a file first"),
    ):
        refused = CliRunner().invoke(app, ["init-dataset", given])
        assert refused.exit_code == 1
        assert f"error: {what}\n" in refused.output
        assert str(deep if "/" not in given else repository) in refused.output
        assert todo in refused.output
        assert "dvc" not in refused.output
        monkeypatch.chdir(deep)


def test_what_a_parquet_file_says_of_its_columns_is_not_guessed(repository: Path) -> None:
    n = 60
    table = pd.DataFrame(
        {
            "order": np.arange(n) + 2**60,
            "bought": pd.date_range("2024-01-01", periods=n, freq="h", tz="UTC"),
            "gift": pd.array([True, None] * (n // 2), dtype="boolean"),
            "paid": np.linspace(0, 1, n) / 3,
            "size": pd.Categorical(["S", "M", None] * (n // 3)),
            "y": ["kept", "kept", "lost"] * (n // 3),
        }
    )
    table.to_parquet("shop.parquet", index=False)
    name, drawn, _ = init_dataset(repository / "shop.parquet", None, "y", LOST)
    dataset = typed(yaml.safe_load(composed([f"dataset={name}"]))).dataset
    assert {column: one.type for column, one in dataset.columns.items()} == {
        "order": "text",
        "bought": "date",
        "gift": "flag",
        "paid": "number",
        "size": "category",
        "y": "category",
    }
    assert "# time: {column: bought}" in drawn.dataset
    cleaned = clean(read(Path("shop.parquet")), dataset, "shop.parquet").records
    assert cleaned["paid"].tolist() == table["paid"].tolist()
    assert cleaned["order"].tolist() == [str(number) for number in table["order"]]
    assert cleaned["bought"].tolist() == table["bought"].dt.tz_localize(None).tolist()
    assert cleaned["gift"].isna().sum() == n // 2


def test_a_column_says_what_belongs_together(repository: Path) -> None:
    rows = "".join(f"P{row // 2},F{row // 4},{row}.5,{('sick', 'well')[row % 3 > 0]}\n" for row in range(60))
    (repository / "families.csv").write_text(f"patient_id,family_id,x,y\n{rows}")
    _, asked, (contract, *_) = init_dataset(repository / "families.csv", None, "y")
    assert asked.is_open
    assert yaml.safe_load(contract.read_text())["group"].startswith(
        "??? which column says what records belong together"
    )
    _, answered, (contract, *_) = init_dataset(repository / "families.csv", "told", "y", Answer(group="family_id"))
    assert not answered.is_open
    assert yaml.safe_load(contract.read_text())["group"] == "family_id"
    with pytest.raises(AssayError, match="no column 'family'"):
        init_dataset(repository / "families.csv", "other", "y", Answer(group="family"))


def halves(repository: Path, first: str, second: str) -> Path:
    folder = repository / "exports"
    folder.mkdir()
    (folder / "2024.csv").write_text(first)
    (folder / "2025.csv").write_text(second)
    return folder


ROWS = [f"{row}.5,{('sick', 'well')[row % 3 > 0]}" for row in range(60)]
HEADER = "x,y"


def test_a_folder_of_files_is_one_table(repository: Path) -> None:
    second = "\n".join(["y, x", *(", ".join(line.split(",")[::-1]) for line in ROWS[40:])])
    folder = halves(repository, "\n".join([HEADER, *ROWS[:40]]), second)
    _, drawn, (written, *_) = init_dataset(folder, None, "y")
    source = yaml.safe_load(written.read_text())["source"]
    assert source["dialect"] == {"strip": True}
    assert "2 files are one table, in the order of their names" in drawn.remarks
    assert any("of 60 records" in line for line in drawn.outcome)
    raw = repository / "raw"
    collect(typed_as(Dataset, yaml.safe_load(written.read_text())), raw)
    table = read(raw / "records.csv", dialect=typed_as(Dialect, source["dialect"]))
    assert sorted(map(",".join, table[["x", "y"]].to_numpy())) == sorted(ROWS)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("\n".join(["x;y", *(line.replace(",", ";") for line in ROWS[40:])]), "2025.csv: ';' between cells"),
        ("\n".join(["z,y", *ROWS[40:]]), "missing column x; unknown column z"),
        ("x,y\n1,2,3\n4,5,6\n7,8,9\n", "line 2"),
    ],
    ids=["another separator", "other columns", "no table"],
)
def test_files_of_a_folder_that_do_not_fit_together_are_refused(repository: Path, second: str, said: str) -> None:
    folder = halves(repository, "\n".join([HEADER, *ROWS[:40]]), second)
    with pytest.raises(AssayError, match=said) as caught:
        init_dataset(folder, None, "y")
    assert "exports" in caught.value.where
