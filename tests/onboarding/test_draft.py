"""A first contract composes, and takes the very table that it was written from."""

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
from assay.errors import AssayError
from assay.onboarding.dataset import init_dataset
from assay.onboarding.draft import draft
from assay.onboarding.outcome import Answer, outcome
from assay.onboarding.seen import chosen_target
from assay.preparation.reconcile import clean
from assay.records.reading import read
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
            "returned": generator.choice(["kept", "returned", "lost"], n, p=[0.8, 0.15, 0.05]),
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
    monkeypatch.chdir(deep)
    for given, what, todo in (
        ("shop.csv", "there is no file shop.csv", "did you mean shops.csv?"),
        ("other.csv", "there is no file other.csv", "a path is taken from the folder that you stand in"),
        ("../tables", "tables is a folder", "name a file in it"),
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
