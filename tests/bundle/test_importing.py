"""Code that came in an archive: imported from memory, kept apart from what is installed and from other versions."""

import sys
import traceback
from collections.abc import Iterator

import pandas as pd
import pytest

import assay.datasets.thyroid
from assay.bundle.importing import FINDER, PREFIX, importer
from assay.config.dataset import Dataset
from assay.datasets import Knowledge, knowledge
from assay.errors import AssayError

VISITOR = Dataset(knowledge="assay.datasets.visitor")
MORE = b"""
import pkgutil
from assay.datasets import Title
VALUE = int(pkgutil.get_data(__package__, "deep/table.csv"))
def derived(records):
    return records.assign(value=VALUE)[["value"]]
"""
RECORDS = pd.DataFrame({"a": [1.0]})


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    FINDER.known.clear()
    for name in [name for name in sys.modules if name.startswith(PREFIX)]:
        del sys.modules[name]


def visitor(value: int) -> dict[str, bytes]:
    """A plug-in of two modules and a table, whose derived feature has this value in every record."""
    return {
        "visitor/__init__.py": b"from .more import derived\n",
        "visitor/more.py": MORE,
        "visitor/deep/table.csv": str(value).encode(),
    }


def brought(contents: dict[str, bytes]) -> Knowledge:
    return knowledge(VISITOR, importer(contents))


def test_a_plug_in_runs_from_memory() -> None:
    assert brought(visitor(7)).derived(RECORDS)["value"].tolist() == [7]
    assert "assay.datasets.visitor" not in sys.modules


def test_two_versions_of_one_plug_in_do_not_mix() -> None:
    one, other = brought(visitor(1)), brought(visitor(2))
    assert [found.derived(RECORDS)["value"].item() for found in (one, other, one)] == [1, 2, 1]
    assert brought(visitor(1)).module is one.module


def test_a_plug_in_of_the_name_of_an_installed_one_leaves_that_alone() -> None:
    dataset = Dataset(knowledge="assay.datasets.thyroid")
    found = knowledge(dataset, importer({"thyroid.py": b"def derived(records):\n    return records * 2\n"}))
    assert found.derived(RECORDS)["a"].tolist() == [2.0]
    assert knowledge(dataset).module is assay.datasets.thyroid


def test_a_module_within_a_plug_in_can_be_named() -> None:
    found = knowledge(Dataset(knowledge="assay.datasets.visitor.more"), importer(visitor(3)))
    assert found.derived(RECORDS)["value"].tolist() == [3]


def test_a_fault_in_it_is_shown_with_its_line() -> None:
    code = {"visitor.py": b"def derived(records):\n    return records.nothing\n"}
    with pytest.raises(AttributeError) as caught:
        brought(code).derived(RECORDS)
    said = "".join(traceback.format_exception(caught.value))
    assert 'visitor.py", line 2' in said
    assert "return records.nothing" in said


@pytest.mark.parametrize(
    "line",
    [
        "from assay.datasets.visitor.more import derived",
        "import assay.datasets.visitor.more",
        "from assay.datasets import covid",
        "from assay.datasets.covid import repair",
        "from assay.datasets import *",
        "from assay import datasets",
        "import assay.datasets as others",
    ],
)
def test_code_that_would_import_other_code_than_its_own_is_refused(line: str) -> None:
    with pytest.raises(AssayError, match=r"imports assay\.datasets") as caught:
        importer({"visitor/__init__.py": line.encode(), "visitor/more.py": b""})
    assert "relatively" in caught.value.todo


@pytest.mark.parametrize("content", [b"def", b"\0", b"\xff\xfe", b"# -*- coding: nonsense -*-\n"])
def test_what_is_no_python_is_refused(content: bytes) -> None:
    with pytest.raises(AssayError, match="not Python"):
        importer({"visitor.py": content})


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        knowledge(Dataset(knowledge="assay.datasets.visitor.nothing"), importer(visitor(1)))
    with pytest.raises(FileNotFoundError):
        FINDER.get_data(f"<{PREFIX}{'0' * 64}>/visitor/table.csv")
