"""Where a DVC has a private part no more, or in another form, the same comes out by public means, and is said once."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.dvc_internals import configuration, in_process, remote, repository, revisions, run_cache
from assay.lineage.lock import entries
from assay.proof.remote import Object, check
from tiny_repository import OVERRIDES, TRIED, run

Answer = Callable[[], Any]
Said = Callable[[], list[str]]


def recorded(path: str) -> str | None:
    sha = run("git", "rev-parse", "HEAD")
    return revisions.recorded_md5(revisions.files_at(sha), sha, path)


def listed() -> dict[str, str]:
    return revisions.listed_md5s(revisions.files_at(run("git", "rev-parse", "HEAD")), "two")


# The private part, what needs it, and whether the answer is the same.
ANSWERS: dict[str, tuple[str, Answer]] = {
    "composed": (
        "dvc.utils.hydra.compose_and_dump",
        lambda: configuration.composed_text(Path("conf"), "src", OVERRIDES),
    ),
    "expanded": (
        "dvc.utils.hydra.get_hydra_sweeps",
        lambda: configuration.expanded(["a=1,2", "group=one", "b=choice(x,[1,2])", "+c=range(1,3)", "a=3,'4,5'"]),
    ),
    "cache": ("dvc.repo.Repo", repository.cache_folder),
    "default remote": ("dvc.repo.Repo", repository.default_remote),
    "commit": ("dvc.scm.resolve_rev", lambda: revisions.resolved_revision("HEAD~1")),
    "branch": ("dvc.scm.resolve_rev", lambda: revisions.resolved_revision("main")),
    "branch of a remote": ("dvc.scm.resolve_rev", lambda: revisions.resolved_revision("theirs")),
    "tag": ("dvc.scm.resolve_rev", lambda: revisions.resolved_revision("v1")),
    "experiment": ("dvc.scm.resolve_rev", lambda: revisions.resolved_revision(TRIED)),
    "no name": ("dvc.scm.resolve_rev", lambda: revisions.resolved_revision("")),
    "a file": ("dvc.scm.resolve_rev", lambda: revisions.resolved_revision("HEAD:params.yaml")),
    "no revision": ("dvc.scm.RevError", lambda: revisions.resolved_revision("--not")),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("form", ["gone", "other"])
def test_the_answer_is_the_same(name: str, form: str, tiny: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    part, answer = ANSWERS[name]
    run("git", "remote", "add", "origin", "nowhere")
    run("git", "update-ref", "refs/remotes/origin/theirs", "HEAD~1")
    run("git", "-c", "tag.gpgSign=false", "tag", "--annotate", "--message", "v1", "v1")
    before = answer()
    assert said() == []
    if form == "gone" or part.endswith("Error"):
        monkeypatch.delattr(part)
    else:
        monkeypatch.setattr(part, lambda another, form: pytest.fail("called"))
    assert [answer(), answer()] == [before, before]
    [line] = said()
    assert part.rpartition(".")[2] in line


def test_what_cannot_be_composed_raises_the_same(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(overrides: list[str]) -> tuple[type[Exception], str]:
        with pytest.raises(Exception) as error:
            configuration.composed_text(Path("conf"), "src", overrides)
        return error.type, str(error.value)

    cases = [["group=nothing"], ["d=1"], ["c=["]]
    before = [refused(one) for one in cases]
    monkeypatch.delattr("dvc.utils.hydra.compose_and_dump")
    assert [refused(one) for one in cases] == before


def test_an_error_in_an_override_is_hydras_then(monkeypatch: pytest.MonkeyPatch) -> None:
    from hydra.errors import ConfigCompositionException

    monkeypatch.delattr("dvc.exceptions.InvalidArgumentError")
    assert configuration.override_error() is ConfigCompositionException


def test_the_configuration_names_the_same_remotes(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = repository.config()
    monkeypatch.delattr("dvc.repo.Repo")
    found = repository.config()
    assert found["core"]["remote"] == known["core"]["remote"]
    assert found["remote"]["store"]["url"] == known["remote"]["store"]["url"]


def test_what_dvc_lock_names_is_checked_out(tiny: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("one.txt").unlink()
    monkeypatch.delattr("dvc.repo.Repo.checkout")
    repository.check_out()
    assert Path("one.txt").read_text() == "source"
    assert len(said()) == 1


@pytest.mark.parametrize("path", ["one.txt", "two", "report.json", "params.yaml"])
def test_a_file_of_a_revision_has_the_same_hash(
    path: str, tiny: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recorded(path)
    hide_hashes(monkeypatch)
    assert recorded(path) == before
    assert len(said()) == (before is not None)


def test_the_files_of_a_folder_have_the_same_hashes(tiny: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listed()
    hide_hashes(monkeypatch)
    assert listed() == before
    assert len(said()) == 1


def hide_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """DVC's file system calls hashes otherwise."""
    from dvc.api import DVCFileSystem

    info, find = DVCFileSystem.info, DVCFileSystem.find

    def without(said: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in said.items() if key != "md5"}

    def found(*arguments: Any, **named: Any) -> Any:
        files = find(*arguments, **named)
        return {path: without(one) for path, one in files.items()} if isinstance(files, dict) else files

    monkeypatch.setattr(DVCFileSystem, "info", lambda *arguments, **named: without(info(*arguments, **named)))
    monkeypatch.setattr(DVCFileSystem, "find", found)


@pytest.mark.parametrize("part", ["dvc.stage.cache._get_cache_hash", "dvc.stage.cache.StageCache._get_cache_dir"])
def test_without_its_key_no_result_is_left_in_the_run_cache(
    part: str, tiny: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    [own] = run_cache.folders_of(entries()["make"])
    other = own.with_name("f" * 64)
    shutil.copytree(own, other)
    monkeypatch.delattr(part)
    assert sorted(run_cache.folders_of(entries()["make"])) == sorted([own, other])
    assert len(said()) == 1


@pytest.fixture
def broken(tiny: Path) -> dict[str, Path]:
    """By path, where a remote has what belongs there: it lacks one file, and another is damaged."""
    places = {one.path: Path(one.url.removeprefix("file://")) for one in check("HEAD")}
    places["one.txt"].unlink()
    damage(places["two/x"])
    return places


def damage(path: Path) -> None:
    path.chmod(0o644)
    path.write_text("damaged")


def faults() -> dict[str, bool]:
    return {one.path: one.whole for one in check("HEAD")}


def without_remote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("dvc_data.hashfile.hash.file_md5")


@pytest.mark.slow
def test_a_whole_remote_is_read_the_same(tiny: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    before = check("HEAD~0")
    without_remote(monkeypatch)
    assert sorted(check("HEAD"), key=str) == sorted(before, key=str)
    assert all(one.whole for one in before)
    assert len(said()) == 1


@pytest.mark.slow
def test_a_broken_remote_is_found_to_be_so(broken: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before = faults()
    without_remote(monkeypatch)
    assert faults() == before == {"one.txt": False, "two": True, "two/x": False, "two/y": True}


@pytest.mark.slow
def test_nothing_of_a_folder_counts_as_whole_whose_listing_is_damaged(
    broken: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(broken["two"])
    without_remote(monkeypatch)
    assert faults() == {"one.txt": False, "two": False, "two/x": False, "two/y": False}


@pytest.mark.slow
def test_what_is_missing_is_sent_and_what_is_damaged_is_said_to_stay(
    broken: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    without_remote(monkeypatch)
    monkeypatch.setattr(remote, "warn", heard.append)
    found: dict[str, Object] = {one.path: one for one in check("HEAD", mend=True)}
    assert found["one.txt"].whole
    assert not found["two/x"].whole
    assert str(broken["two/x"]) in heard[0]
    assert str(broken["one.txt"]) not in heard[0]


@pytest.mark.parametrize(
    "part",
    [
        *("dvc.stage.run._run", "dvc.stage.Stage.dump", "dvc.dvcfile.ProjectFile.dump_stages", "dvc.repo.Repo"),
        "dvc.rwlock.rwlock",
    ],
)
def test_a_dvc_that_cannot_run_stages_here_says_so_and_is_left_as_it_is(
    part: str, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dvc.stage import Stage, run

    before = vars(run).get("_run"), vars(Stage).get("dump")
    monkeypatch.delattr(part)
    left = vars(run).get("_run"), vars(Stage).get("dump")
    assert in_process.hand_over(lambda command, environment: True) is False
    assert (vars(run).get("_run"), vars(Stage).get("dump")) == left
    assert before != (None, None)
    assert len(said()) == 1


def test_texts_are_parsed_as_ever_where_they_cannot_be_remembered(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    from dvc.utils.serialize import _yaml

    monkeypatch.delattr("dvc.utils.strictyaml.parse_yaml")
    before = _yaml.parse_yaml
    in_process.parse_once()
    assert _yaml.parse_yaml is before
    assert len(said()) == 1


def test_keys_are_looked_for_as_ever_where_dvc_does_that_in_another_way(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dvc.dependency import param

    monkeypatch.delattr(param.dpath, "get")
    before = param.dpath
    in_process.find_keys_at_once()
    assert param.dpath is before
    assert len(said()) == 1


@pytest.mark.parametrize("key", ["a", "a.b", "a.b.c", "l.0", "a.*.c", "a.x", "n.a", "", "a.", "1"])
def test_a_key_is_found_as_dvc_finds_it(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dvc.dependency import param
    from dvc.fs import LocalFileSystem

    file = tmp_path / "params.yaml"
    file.write_text("a: {b: {c: 1}}\nl: [2]\nn:\n1: 3\n")

    def found() -> Any:
        try:
            return param.read_param_file(LocalFileSystem(), str(file), [key], flatten=True)
        except Exception as error:
            return type(error)

    expected = found()
    monkeypatch.setattr(param, "dpath", param.dpath)
    in_process.find_keys_at_once()
    assert found() == expected
