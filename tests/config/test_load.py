"""params.yaml as typed objects."""

from pathlib import Path

import pytest

from assay.config.load import load
from assay.errors import AssayError
from samples import ROOT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2", "not a YAML mapping"),
        ("- a\n- b\n", "not a YAML mapping"),
        ("", "not a YAML mapping"),
        ("a: \udcff", "not a YAML mapping"),
        ("a: 2026-99-99", "not a YAML mapping"),
        ("{}", "missing: version, dataset.name, .* more"),
        ("modell: 1\n", "modell: unknown key"),
    ],
    ids=["cut short", "a list", "empty", "no text", "no date", "nothing in it", "unknown key"],
)
def test_a_params_file_that_is_none_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(AssayError, match=said) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_missing_params_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="to do: run: assay params"):
        load(tmp_path / "params.yaml")


def changed(path: Path, old: str, new: str) -> Path:
    """The committed params.yaml with another text in it, at `path`."""
    text = (ROOT / "params.yaml").read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize("number", ["1e-1", "'0.1'", ".1"])
def test_a_number_may_be_written_in_any_way(number: str, tmp_path: Path) -> None:
    path = changed(tmp_path / "params.yaml", "learning_rate: 0.1", f"learning_rate: {number}")
    assert load(path) == load(ROOT / "params.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("labels:\n", "labels: {}\nlabels:\n", 'found duplicate key "labels"'),
        ("'1986-07-01'", "1986-07-01", "split.test_from="),
        ("num_leaves: 31", "num_leaves: 31.5", "model.num_leaves=31.5: input should be a valid integer"),
        (
            "      nullable: true",
            "      nullabel: true",
            "columns.age.nullabel: unknown key, did you mean nullable\\?; .*columns.sex",
        ),
    ],
    ids=["a key twice", "a date", "a fraction", "misspelt"],
)
def test_what_is_not_meant_is_refused_and_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = changed(tmp_path / "params.yaml", old, new)
    with pytest.raises(AssayError, match=said) as caught:
        load(path)
    assert str(path) in str(caught.value)
