"""A table of one's own is given to DVC: every clone has it, and what is personal stays where it is."""

import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.errors import AssayError
from assay.experiments.clones import clone
from assay.git import git
from assay.onboarding.dataset import init_dataset
from assay.onboarding.tracking import track
from samples import ROOT
from tiny_repository import run

ROWS = "".join(f"{i % 7}.5,{'abc'[i % 3]},{'returned' if i % 5 == 0 else 'kept'}\n" for i in range(60))
TABLE = f"price,size,state\n{ROWS}"
KEPT = "data/tables/shop.csv"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of git and DVC with conf/, and a table beside it."""
    root = tmp_path / "here"
    root.mkdir()
    shutil.copytree(ROOT / "conf", root / "conf")
    (root / "src").symlink_to(ROOT / "src")
    (root / "dvc.yaml").touch()
    (tmp_path / "shop.csv").write_text(TABLE)
    monkeypatch.chdir(root)
    run("git", "init", "--quiet")
    run("dvc", "init", "--quiet")
    return root


def source() -> dict[str, str]:
    return yaml.safe_load(Path("conf/dataset/shop.yaml").read_text())["source"]


def test_the_table_is_in_every_clone(repository: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["init-dataset", "../shop.csv", "--target", "state"])
    assert told.exit_code == 0, told.output
    assert f"kept by DVC: {KEPT}" in told.output
    assert source()["uri"] == KEPT
    assert f"{KEPT}.dvc" in git(repository, "diff", "--cached", "--name-only")
    assert KEPT not in git(repository, "status", "--porcelain", "--untracked-files=all").replace(f"{KEPT}.dvc", "")
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", "mine")
    clone(repository, tmp_path / "copy", git(repository, "rev-parse", "HEAD"))
    assert (tmp_path / "copy" / KEPT).read_text() == TABLE


def test_a_folder_of_files_is_in_every_clone(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "years"
    (folder / "old").mkdir(parents=True)
    lines = TABLE.splitlines(keepends=True)
    (folder / "b.csv").write_text("".join([lines[0], *lines[31:]]))
    (folder / "old/a.csv").write_text("".join(lines[:31]))
    (folder / "notes.txt").write_text("none of the table")
    told = CliRunner().invoke(app, ["init-dataset", "../years", "--name", "shop", "--target", "state"])
    assert told.exit_code == 0, told.output
    assert source()["uri"] == "data/tables/shop"
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", "mine")
    clone(repository, tmp_path / "copy", git(repository, "rev-parse", "HEAD"))
    kept = sorted(one.relative_to(tmp_path / "copy").as_posix() for one in (tmp_path / "copy/data").rglob("*.csv"))
    assert kept == ["data/tables/shop/b.csv", "data/tables/shop/old/a.csv"]
    assert (tmp_path / "copy/data/tables/shop/old/a.csv").read_text() == "".join(lines[:31])


def test_the_rest_of_the_contract_stays_as_it_was_drafted(repository: Path) -> None:
    init_dataset(repository.parent / "shop.csv", None, "state")
    drafted = Path("conf/dataset/shop.yaml").read_text()
    track(repository, "shop")
    assert Path("conf/dataset/shop.yaml").read_text() == drafted.replace(str(repository.parent / "shop.csv"), KEPT)


def test_who_does_not_want_it_keeps_the_file_where_it_is(repository: Path) -> None:
    CliRunner().invoke(app, ["init-dataset", "../shop.csv", "--target", "state", "--no-track"])
    assert source()["uri"] == str(repository.parent / "shop.csv")
    assert not Path("data").exists()


def test_a_file_that_git_has_is_not_copied(repository: Path) -> None:
    shutil.copy("../shop.csv", "shop.csv")
    run("git", "add", "shop.csv")
    init_dataset(repository / "shop.csv", None, "state")
    assert track(repository, "shop").path == "shop.csv"
    assert not Path("data").exists()


def test_what_is_personal_is_not_given_to_a_remote(repository: Path) -> None:
    lines = TABLE.splitlines()
    named = [f"{line},{'full_name' if number == 0 else f'Ann {number}'}" for number, line in enumerate(lines)]
    Path("../shop.csv").write_text("\n".join(named) + "\n")
    told = CliRunner().invoke(app, ["init-dataset", "../shop.csv", "--target", "state"])
    assert told.exit_code == 0, told.output
    assert "not kept by DVC" in told.output
    assert "personal columns (full_name)" in told.output
    assert source()["uri"] == str(repository.parent / "shop.csv")
    assert not Path("data").exists()


def test_another_table_of_that_name_is_not_overwritten(repository: Path) -> None:
    Path("data/tables").mkdir(parents=True)
    Path(KEPT).write_text("older")
    init_dataset(repository.parent / "shop.csv", None, "state")
    with pytest.raises(AssayError, match="another table is there"):
        track(repository, "shop")
    assert Path(KEPT).read_text() == "older"


def test_a_file_that_changed_since_it_was_described_is_not_taken(repository: Path) -> None:
    init_dataset(repository.parent / "shop.csv", None, "state")
    Path("../shop.csv").write_text(TABLE + "1,a,kept\n")
    with pytest.raises(AssayError, match="has changed since"):
        track(repository, "shop")
    assert not Path(KEPT).exists()
