"""Later versions of Assay's code are taken over, and what was changed here is kept."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.git import git
from assay.starting import upstream
from assay.starting.update import update

CODE = {
    "src/assay/__init__.py": "",
    "src/assay/one.py": "a\nb\nc\nd\ne\n",
    "Makefile": "all:\n",
    "README.md": "Assay\n",
}


def commit(folder: Path, files: dict[str, str | None]) -> str:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True) if text is None else path.write_text(text)
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def assay(tmp_path: Path) -> Path:
    home = tmp_path / "assay"
    home.mkdir()
    git(home, "init", "--quiet")
    commit(home, {**CODE, "conf/dataset/shop.yaml": "x: 1\n", "conf/split/shop.yaml": "x: 1\n"})
    return home


@pytest.fixture
def mine(assay: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    git(folder, "init", "--quiet")
    upstream.write(upstream.taken(assay, "HEAD"), folder)
    (folder / upstream.NOTE).write_text(upstream.note(assay, "HEAD"))
    commit(folder, {"README.md": "mine\n", "conf/dataset/mine.yaml": "y: 1\n"})
    return folder


def text(folder: Path, name: str = "src/assay/one.py") -> str:
    return (folder / name).read_text()


def test_what_is_of_a_dataset_is_not_taken(mine: Path) -> None:
    assert not (mine / "conf/dataset/shop.yaml").exists()
    assert not (mine / "conf/split/shop.yaml").exists()
    assert text(mine, "README.md") == "mine\n"


def test_files_are_taken_over_added_and_removed(assay: Path, mine: Path) -> None:
    sha = commit(
        assay, {"src/assay/one.py": "new\n", "src/assay/two.py": "2\n", "Makefile": None, "README.md": "new\n"}
    )
    found = update(mine, str(assay), "HEAD")
    assert (found.taken, found.merged, found.removed) == (["src/assay/one.py", "src/assay/two.py"], [], ["Makefile"])
    assert text(mine) == "new\n"
    assert text(mine, "README.md") == "mine\n"
    assert upstream.noted(mine) == sha
    assert not (mine / "Makefile").exists()


def test_links_to_code_are_taken_as_links(assay: Path, mine: Path) -> None:
    """A copy in their place would hide edits of the code from DVC."""
    link = Path("src/deps/train/one.py")
    for target in ("../../assay/one.py", "../../assay/two.py"):
        (assay / link).parent.mkdir(parents=True, exist_ok=True)
        (assay / link).unlink(missing_ok=True)
        (assay / link).symlink_to(target)
        commit(assay, {})
        assert update(mine, str(assay), "HEAD").taken == [str(link)]
        assert str((mine / link).readlink()) == target
        commit(mine, {})
    assert text(mine) == CODE["src/assay/one.py"], "nothing is written through a link"
    commit(assay, {str(link): None})
    assert update(mine, str(assay), "HEAD").removed == [str(link)]
    assert (mine / "src/assay/one.py").exists()


def test_both_changes_are_kept(assay: Path, mine: Path) -> None:
    commit(assay, {"src/assay/one.py": "A\nb\nc\nd\ne\n"})
    commit(mine, {"src/assay/one.py": "a\nb\nc\nd\nE\n"})
    assert update(mine, str(assay), "HEAD").merged == ["src/assay/one.py"]
    assert text(mine) == "A\nb\nc\nd\nE\n"


@pytest.mark.parametrize("theirs", ["A\nb\nc\nd\ne\n", None], ids=["changed", "removed"])
def test_what_both_changed_is_named_and_nothing_written(assay: Path, mine: Path, theirs: str | None) -> None:
    before = upstream.noted(mine)
    commit(assay, {"src/assay/one.py": theirs, "src/assay/two.py": "2\n"})
    commit(mine, {"src/assay/one.py": "B\nb\nc\nd\ne\n"})
    with pytest.raises(AssayError, match=r"changed here and in Assay(.|\n)*src/assay/one.py"):
        update(mine, str(assay), "HEAD")
    assert upstream.noted(mine) == before
    assert not (mine / "src/assay/two.py").exists()
    assert git(mine, "status", "--porcelain") == ""


def test_twice_is_once(assay: Path, mine: Path) -> None:
    commit(assay, {"src/assay/one.py": "new\n"})
    update(mine, str(assay), "HEAD")
    commit(mine, {})
    again = update(mine, str(assay), "HEAD")
    assert not [*again.taken, *again.merged, *again.removed]


def test_work_that_is_not_committed_stops_it(assay: Path, mine: Path) -> None:
    (mine / "README.md").write_text("edited\n")
    with pytest.raises(AssayError, match="not committed"):
        update(mine, str(assay), "HEAD")


def test_a_clone_of_assay_itself_is_no_such_repository(assay: Path) -> None:
    with pytest.raises(AssayError, match="no note of the version"):
        update(assay, str(assay), "HEAD")
