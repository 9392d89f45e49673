"""The code of a stage is a folder of links: dvc.lock has its hash, a statement the hash of each file."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.files import md5
from assay.lineage import links, lock
from assay.lineage.links import difference, expanded, sources, wanted, write
from assay.lineage.running import dependencies, stated
from assay.lineage.statement import read
from two_stages import DVC_YAML, PARAMS

FILES = [Path("src/assay/a.py"), Path("src/assay/room/b.py")]
FOLDER = links.folder("make")


@pytest.fixture
def linked(root: Path) -> dict[Path, str]:
    """The line, whose first stage depends on two linked files."""
    Path("dvc.yaml").write_text(DVC_YAML.replace("[source.txt]", f"[source.txt, {FOLDER}]"))
    for file in FILES:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"x = '{file}'")
    want = wanted("make", FILES)
    write(FOLDER, want)
    return want


def test_links_are_made_mended_and_taken_away(linked: dict[Path, str]) -> None:
    assert (FOLDER / "room/b.py").read_text() == FILES[1].read_text()
    assert difference(FOLDER, linked) == []
    (FOLDER / "a.py").unlink()
    (FOLDER / "a.py").write_text("a copy")
    only = wanted("make", FILES[:1])
    said = ["-src/deps/make/a.py", "-src/deps/make/room/b.py", "+src/deps/make/a.py"]
    assert difference(FOLDER, only) == said
    write(FOLDER, only)
    assert difference(FOLDER, only) == []
    assert [path.name for path in FOLDER.iterdir()] == ["a.py"], "no empty folder stays"
    assert FILES[1].exists()


def test_a_link_to_a_folder_is_seen_and_not_followed(linked: dict[Path, str]) -> None:
    shutil.rmtree(FOLDER / "room")
    (FOLDER / "room").symlink_to("../../assay/room")
    assert "-src/deps/make/room" in difference(FOLDER, linked)
    with pytest.raises(AssayError, match="not a link to its file"):
        expanded([str(FOLDER)])
    write(FOLDER, linked)
    assert difference(FOLDER, linked) == []
    assert not FILES[1].is_symlink()


def test_a_statement_names_the_files_and_gives_the_hash_that_dvc_lock_has(linked: dict[Path, str]) -> None:
    with stated("make", PARAMS, None):
        assert dependencies().keys() == {"source.txt", *map(str, FILES)}
    statement = read("make")
    assert statement
    assert {path: statement.deps[str(path)] for path in FILES} == {path: md5(path) for path in FILES}
    assert statement.used(str(FOLDER)) == md5(FOLDER)
    entry = {"deps": [{"path": str(FOLDER), "md5": md5(FOLDER)}]}
    assert not any("src/deps" in one for one in lock.differences(entry, statement))
    FILES[1].write_text("x = 2")
    entry = {"deps": [{"path": str(FOLDER), "md5": md5(FOLDER)}]}
    assert any(one.startswith("src/deps/make had MD5") for one in lock.differences(entry, statement))


def test_code_that_changes_while_its_stage_runs_is_named(linked: dict[Path, str]) -> None:
    with pytest.raises(AssayError, match="it was changed while make ran") as caught, stated("make", PARAMS, None):
        FILES[1].write_text("x = 2")
    assert caught.value.where == "src/assay/room/b.py"


@pytest.mark.parametrize(
    "harm",
    [
        lambda link: shutil.copy(FILES[0], link),
        lambda link: link.symlink_to("../../assay/room/b.py"),
        lambda link: link.symlink_to("/etc/hostname"),
    ],
    ids=["copy", "another file", "outside"],
)
def test_what_is_no_link_to_its_file_stops_the_stage(linked: dict[Path, str], harm: Callable[[Path], None]) -> None:
    (FOLDER / "a.py").unlink()
    harm(FOLDER / "a.py")
    with pytest.raises(AssayError, match="not a link to its file"), stated("make", PARAMS, None):
        pass


def test_a_folder_that_is_not_there_has_no_code_and_other_paths_stay() -> None:
    assert expanded(["src/deps/none", "data/raw", "src/assay/datasets"]) == {"data/raw", "src/assay/datasets"}
    assert sources(["src/deps/s/a/b.py", "src/deps/t/a/b.py", "conf/config.yaml"]) == {"src/assay/a/b.py"}
