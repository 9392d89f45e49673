"""What a repository around a table is not begun with; `tests/pipeline/` begins one."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.starting.start import Wanted, start
from samples import ROOT


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "shop.csv"
    path.write_text("x,y\n" + "".join(f"{row}.5,{('sick', 'well')[row % 3 > 0]}\n" for row in range(60)))
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "wanted", "said"),
    [
        (".", {}, "it is there already, and not empty"),
        ("shop.csv", {}, "it is there already, and not empty"),
        (str(ROOT / "mine"), {}, "it would be inside this clone"),
        ("mine", {"name": "../mine"}, "is no name"),
        ("mine", {"name": "random"}, "there is already conf/split/random.yaml"),
        ("a/b/mine", {"target": "z"}, "no column 'z'"),
    ],
    ids=["not empty", "a file", "inside", "no name", "a name of Assay's", "no such target"],
)
def test_what_cannot_be_begun_is_told_and_nothing_is_left(
    folder: str, wanted: dict[str, str], said: str, table: Path, tmp_path: Path
) -> None:
    with pytest.raises(AssayError, match=said) as caught:
        start(ROOT, tmp_path / folder, Wanted(table, **{"target": "y", **wanted}))
    assert caught.value.where
    assert caught.value.todo
    assert [one.name for one in tmp_path.iterdir()] == ["shop.csv"]
    assert not (ROOT / "mine").exists()


@pytest.mark.slow
def test_a_remote_that_cannot_be_written_is_named(table: Path, tmp_path: Path) -> None:
    nowhere = str(table / "store")
    with pytest.raises(AssayError, match="the table cannot be sent: dvc push failed: ") as caught:
        start(ROOT, tmp_path / "mine", Wanted(table, target="y", remote=nowhere))
    assert caught.value.where == nowhere
    assert [one.name for one in tmp_path.iterdir()] == ["shop.csv"]
