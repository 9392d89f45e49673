"""The code of a dataset, known by its hash, and run only if that is trusted."""

import sys
from pathlib import Path

import pytest

import assay.datasets
from assay.bundle.code import Source, contents, installed, listing, plugins
from assay.config.dataset import Dataset
from assay.errors import AssayError
from samples import THYROID


@pytest.mark.parametrize(
    ("dataset", "names"),
    [
        (Dataset(), []),
        (Dataset(knowledge="assay.datasets.covid"), ["covid"]),
        (Dataset(knowledge="assay.datasets.a.b", rule="assay.datasets.c.d.e"), ["a", "c"]),
        (THYROID, ["thyroid"]),
    ],
)
def test_the_plug_ins_of_a_contract_are_found_by_name(dataset: Dataset, names: list[str]) -> None:
    assert plugins(dataset) == names


def test_the_installed_source_is_hashed_and_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loud.py").write_text("raise SystemExit('it ran')")
    monkeypatch.setattr(assay.datasets, "__path__", [*assay.datasets.__path__, str(tmp_path)])
    assert list(installed("loud")) == ["loud.py"]
    assert "assay.datasets.loud" not in sys.modules


def test_a_package_is_all_its_files_but_what_python_and_editors_leave(tmp_path: Path) -> None:
    names = (
        "__init__.py",
        "deep/table.csv",
        "deep/__pycache__/a.pyc",
        ".hidden",
        "__pycache__/b.pyc",
        "a.py.orig",
        "a.py~",
    )
    for name in names:
        path = tmp_path / "plug" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "plug.py").write_text("Python does not take this one")
    assert list(contents(tmp_path, "plug")) == ["plug/__init__.py", "plug/deep/table.csv"]


def test_each_change_of_content_or_name_changes_the_hash() -> None:
    known = {"a.py": b"1", "b.py": b"2"}
    others = [{"a.py": b"1"}, {"a.py": b"2", "b.py": b"1"}, {"c.py": b"1", "b.py": b"2"}, {"a.py": b"1", "b.py": b"3"}]
    assert len({Source.of(one).sha256 for one in (known, *others)}) == 5
    assert Source.of(dict(reversed(known.items()))) == Source.of(known)


def test_a_plug_in_that_is_not_there_is_named() -> None:
    with pytest.raises(AssayError, match=r"assay\.datasets\.nowhere"):
        listing(Dataset(knowledge="assay.datasets.nowhere"))
