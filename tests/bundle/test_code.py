"""The code of a dataset, known by its hash, and run only if that is trusted."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import assay.datasets
from assay.bundle.code import Source, admit, contents, installed, listing, plugins
from assay.config.dataset import Dataset
from assay.datasets import knowledge
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


@pytest.fixture
def brought(tmp_path: Path) -> Iterator[Path]:
    """A folder with a plug-in from elsewhere, which says that it ran."""
    (tmp_path / "visitor").mkdir()
    (tmp_path / "visitor/__init__.py").write_text("from .more import derived\n")
    (tmp_path / "visitor/more.py").write_text("def derived(records):\n    return records.assign(ran=True)\n")
    paths = list(assay.datasets.__path__)
    yield tmp_path
    assay.datasets.__path__[:] = paths
    for name in [name for name in sys.modules if name.startswith("assay.datasets.visitor")]:
        del sys.modules[name]


def test_a_trusted_plug_in_can_be_used(brought: Path) -> None:
    trusted = Source.of(contents(brought, "visitor"))
    assert admit(brought, "visitor", {trusted.sha256}) == trusted
    found = knowledge(Dataset(knowledge="assay.datasets.visitor"))
    assert found.module.__file__.startswith(str(brought))


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed byte": (lambda f: (f / "visitor/more.py").write_text("evil = 1"), "not trusted"),
    "another file": (lambda f: (f / "visitor/evil.py").write_text("evil = 1"), "not trusted"),
    "compiled code": (
        lambda f: ((f / "visitor/__pycache__").mkdir(), (f / "visitor/__pycache__/a.pyc").touch()),
        "no source",
    ),
    "a library that Python takes first": (lambda f: (f / "visitor.so").touch(), "no source"),
    "nothing": (lambda f: (f / "visitor/__init__.py").unlink(), "no plug-in visitor"),
}


@pytest.mark.parametrize("case", ODD)
def test_what_was_not_trusted_is_refused_and_not_found(case: str, brought: Path) -> None:
    trusted, before = Source.of(contents(brought, "visitor")).sha256, list(assay.datasets.__path__)
    change, said = ODD[case]
    change(brought)
    with pytest.raises(AssayError, match=said):
        admit(brought, "visitor", {trusted})
    assert list(assay.datasets.__path__) == before


def test_nobody_takes_the_place_of_an_installed_plug_in(tmp_path: Path) -> None:
    (tmp_path / "covid.py").write_text("evil = 1")
    before = list(assay.datasets.__path__)
    with pytest.raises(AssayError, match=r"another assay\.datasets\.covid is installed"):
        admit(tmp_path, "covid", {Source.of(contents(tmp_path, "covid")).sha256})
    assert list(assay.datasets.__path__) == before
