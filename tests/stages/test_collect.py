"""collect: the declared file or none."""

from pathlib import Path

import pytest

from assay.config.dataset import Source
from assay.errors import AssayError
from assay.files import sha256
from assay.stages.collect import collect


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


def declared(uri: object, sha: str) -> Source:
    return Source(uri=str(uri), sha256=sha, licence="", citation="")


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_file_is_copied_byte_by_byte(source: Path, tmp_path: Path, prefix: str) -> None:
    target = tmp_path / "data/raw/records.csv"
    collect(declared(f"{prefix}{source}", sha256(source)), target)
    assert target.read_bytes() == source.read_bytes()


def test_a_file_of_an_installed_package(tmp_path: Path) -> None:
    import assay.evaluation

    inside = Path(assay.evaluation.__file__).parent / "report.html.j2"
    collect(declared("package://assay/evaluation/report.html.j2", sha256(inside)), tmp_path / "target")
    assert sha256(tmp_path / "target") == sha256(inside)


def test_another_file_than_the_declared_one_is_refused_and_the_old_copy_kept(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "records.csv"
    target.write_text("the last good one")
    with pytest.raises(AssayError, match="not the declared one") as caught:
        collect(declared(source, "0" * 64), target)
    assert sha256(source) in str(caught.value)
    assert "0" * 64 in str(caught.value)
    assert target.read_text() == "the last good one"


@pytest.mark.parametrize(
    "uri",
    ["no/such/file.csv", "package://no_such_package/a.csv", "package://assay/no/such.csv", "gopher://host/a.csv"],
)
def test_a_source_that_cannot_be_read_is_named(tmp_path: Path, uri: str) -> None:
    with pytest.raises(AssayError, match="cannot be read") as caught:
        collect(declared(uri, "0" * 64), tmp_path / "target")
    assert uri in str(caught.value)
    assert list(tmp_path.iterdir()) == []
