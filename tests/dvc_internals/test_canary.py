"""The installed DVC still is what `assay.dvc_internals` takes it for, by what its public commands give.

A test that fails here says which part changed, and what to do.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from assay.dvc_internals import configuration, locks, objects, remote, repository, revisions, run_cache
from assay.dvc_internals.boundary import TESTED, part
from assay.errors import AssayError
from assay.experiments.parameters import param_changes
from assay.files import folder_md5, md5, read_yaml
from assay.lineage.lock import as_text, entries
from tiny_repository import OVERRIDES, TRIED, dvc, run

UNDER_TEST = "src/assay/dvc_internals"


@contextmanager
def relied_on(what: str, module: str) -> Iterator[None]:
    """Say of any failure inside which part of DVC changed, and what to do."""
    try:
        yield
    except Exception as error:
        pytest.fail(
            f"DVC {version('dvc')} has changed {what}: {type(error).__name__}: {error}\n"
            f"  to do: mend {UNDER_TEST}/{module}.py; or keep dvc{TESTED} in pyproject.toml and TESTED in boundary.py"
        )


def private(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function without its public way."""
    return function.__wrapped__  # type: ignore[attr-defined]


def test_a_failure_says_what_changed_and_what_to_do() -> None:
    with pytest.raises(pytest.fail.Exception) as failed, relied_on("its joy", "joys"):
        part("dvc.joy:joy")
    assert all(word in str(failed.value) for word in ("its joy", "dvc.joy:joy", f"{UNDER_TEST}/joys.py", TESTED))


def test_it_composes_what_dvc_exp_run_writes(tiny: Path) -> None:
    with relied_on("how it composes", "configuration"):
        composed = private(configuration.composed_text)(Path("conf"), "src", OVERRIDES)
        assert composed == Path("params.yaml").read_text()


@pytest.mark.slow
def test_it_expands_what_dvc_exp_run_would_queue(tiny: Path) -> None:
    with relied_on("how it expands overrides", "configuration"):
        expanded = private(configuration.expanded)(["group=one,two", "c=choice([1],[2])"])
        dvc("exp", "run", "--queue", "-S", "group=one,two", "-S", "c=choice([1],[2])")
        queued = [line for line in dvc("queue", "status").splitlines() if "Queued" in line]
        assert len(expanded) == len(queued) == 4
        assert ["group=two", "c=[1]"] in expanded


def test_an_error_in_an_override_is_one_that_dvc_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    with relied_on("the errors that it expects", "configuration"):
        assert issubclass(part("dvc.exceptions:InvalidArgumentError"), part("dvc.exceptions:DvcException"))
        assert configuration.override_error() is part("dvc.exceptions:InvalidArgumentError")


def test_the_repository_is_what_the_commands_say(tiny: Path) -> None:
    with relied_on("its repository", "repository"):
        assert private(repository.cache_folder)() == Path(dvc("cache", "dir"))
        assert private(repository.default_remote)() == dvc("config", "core.remote") == "store"
        assert private(repository.config)()["remote"]["store"]["url"] == dvc("config", "remote.store.url")


def test_check_out_brings_what_dvc_lock_names(tiny: Path) -> None:
    Path("one.txt").unlink()
    with relied_on("its checkout", "repository"):
        private(repository.check_out)()
        assert Path("one.txt").read_text() == "source"


def test_the_cache_has_objects_where_they_are_looked_for(tiny: Path) -> None:
    with relied_on("its cache", "repository"):
        outs = {out["path"]: out["md5"] for out in entries()["make"]["outs"]}
        cached = {path: objects.object_path(repository.cache_folder(), outs[path]) for path in ("one.txt", "two")}
        assert md5(cached["one.txt"]) == outs["one.txt"]
        assert f"{md5(cached['two'])}.dir" == outs["two"]
        assert [one["relpath"] for one in json.loads(cached["two"].read_text())] == ["x", "y"]


@pytest.mark.parametrize("name", ["HEAD", "main", "HEAD~1", TRIED])
def test_a_revision_is_the_commit_that_git_or_dvc_names(tiny: Path, name: str) -> None:
    with relied_on("how it resolves revisions", "revisions"):
        commit = dvc("exp", "list", "--rev", "HEAD~1", "--sha-only") if name == TRIED else run("git", "rev-parse", name)
        assert private(revisions.resolved_revision)(name) == commit
        assert private(revisions.resolved_revision)(commit[:10]) == commit
        assert private(revisions.resolved_revision)(f"{name}-not") is None


def test_an_experiment_lies_where_git_is_asked_for_it(tiny: Path) -> None:
    with relied_on("where it keeps experiments", "revisions"):
        baseline = run("git", "rev-parse", "HEAD~1")
        found = run("git", "rev-parse", revisions.experiment_reference(baseline, TRIED))
        assert found == dvc("exp", "list", "--rev", "HEAD~1", "--sha-only")
        by_hand = revisions.experiment_reference(baseline, "by-hand")
        run("git", "update-ref", by_hand, found)
        assert "by-hand" in dvc("exp", "list", "--rev", "HEAD~1", "--name-only").split()


def test_a_file_of_a_revision_has_the_hash_of_dvc_lock(tiny: Path) -> None:
    sha = run("git", "rev-parse", "HEAD")
    with relied_on("what its file system says of a file", "revisions"):
        tree = revisions.files_at(sha)
        known = {path: private(revisions.recorded_md5)(tree, sha, path) for path in ("one.txt", "two")}
        assert known == {out["path"]: out["md5"] for out in entries()["make"]["outs"] if out["path"] in known}
        assert folder_md5(private(revisions.listed_md5s)(tree, "two")) == known["two"]
        assert private(revisions.recorded_md5)(tree, sha, "params.yaml") is None
        assert private(revisions.recorded_md5)(tree, sha, "report.json") is None


def test_the_run_cache_has_a_result_where_it_is_looked_for(tiny: Path) -> None:
    with relied_on("its run-cache", "run_cache"):
        folders = list(run_cache.folders(repository.cache_folder()))
        assert private(run_cache.folders_of)(entries()["make"]) == folders
        results = list(run_cache.entries(repository.cache_folder()))
        assert len(results) == 1
        assert all(map(run_cache.sound, results))


def test_without_that_result_the_stage_runs_and_with_it_does_not(tiny: Path) -> None:
    with relied_on("its run-cache", "run_cache"):
        [folder] = run_cache.folders_of(entries()["make"])
        Path("dvc.lock").unlink()
        assert "is cached" in dvc("repro")
        shutil.rmtree(folder)
        Path("dvc.lock").unlink()
        assert "Running stage" in dvc("repro")


def test_its_rwlock_names_the_process_that_ran_the_stage(tiny: Path) -> None:
    with relied_on("its rwlock", "locks"):
        [(pid, command)] = locks.named(json.loads(Path("seen").read_text())).items()
        assert pid > 0
        assert "exp run" in command


def test_it_knows_the_refs_of_an_experiment_that_runs() -> None:
    with relied_on("its refs of a running experiment", "locks"):
        theirs = [part(f"dvc.repo.experiments.refs:{ref.rpartition('/')[2]}") for ref in locks.RUNNING]
        assert theirs == [*locks.RUNNING]


@pytest.mark.slow
def test_a_lock_that_we_hold_keeps_dvc_out(tiny: Path) -> None:
    with relied_on("its lock", "locks"), locks.holding(locks.LOCK, AssayError("it is held")):
        held = subprocess.run([sys.executable, "-m", "dvc", "checkout"], capture_output=True, text=True)
        assert "lock" in held.stderr
        assert held.returncode


def test_dvc_lock_is_written_as_dvc_writes_it(tiny: Path) -> None:
    with relied_on("how it writes dvc.lock", "repository"):
        assert as_text(read_yaml(Path("dvc.lock"))) == Path("dvc.lock").read_text()


def test_parameters_are_compared_as_dvc_params_diff_does(tiny: Path) -> None:
    with relied_on("what `dvc params diff` shows", "__init__"):
        shown = json.loads(dvc("params", "diff", "HEAD~1", "HEAD", "--all", "--json"))["params.yaml"]
        assert shown == {"group.b": {"old": 1, "new": 2, "diff": 1}, "c": {"old": "[1]", "new": "[2]"}}
        found = param_changes({"group": {"b": 1}, "c": [1]}, read_yaml(Path("params.yaml")))
        assert found == {"c": (1, 2), "group.b": (1, 2)}


IN_PROCESS = """
import subprocess, sys
from assay.dvc_internals import in_process
def here(command, environment):
    print("here:", command, environment["DVC_STAGE"])
    subprocess.run(command, shell=True, check=True)
    return True
assert in_process.hand_over(here)
in_process.parse_once()
in_process.find_keys_at_once()
in_process.reproduce()
"""
NOT_OURS = IN_PROCESS.replace("return True", "return False").replace(
    "subprocess.run(command, shell=True, check=True)", ""
)
FAILS = IN_PROCESS.replace("return True", "sys.exit(3)")


@pytest.mark.parametrize("code", [IN_PROCESS, NOT_OURS], ids=["ours", "of a process of its own"])
def test_a_stage_runs_in_this_process_and_leaves_what_dvc_repro_leaves(tiny: Path, code: str) -> None:
    lock = Path("dvc.lock").read_text()
    shutil.rmtree(repository.cache_folder() / run_cache.FOLDER)
    for path in ("dvc.lock", "one.txt", "report.json"):
        Path(path).unlink()
    with relied_on("how it runs stages", "in_process"):
        Path(".dvc/tmp/rwlock").write_text("untouched")
        said = run(sys.executable, "-c", code)
        assert "here: mkdir" in said
        assert Path(".dvc/tmp/rwlock").read_text() == "untouched"
        Path(".dvc/tmp/rwlock").unlink()
        assert Path("dvc.lock").read_text() == lock
        assert "up to date" in dvc("status")


def test_a_stage_that_fails_in_this_process_fails_the_run(tiny: Path) -> None:
    Path("source.txt").write_text("other")
    with relied_on("how it runs stages", "in_process"):
        done = subprocess.run([sys.executable, "-c", FAILS], capture_output=True, text=True)
        assert "failed to reproduce 'make'" in done.stderr
        assert done.returncode


def test_the_remote_has_what_was_pushed(tiny: Path) -> None:
    with relied_on("how it reads a remote", "remote"), repository.opened() as repo:
        direct = remote.Direct(repo, None, run("git", "rev-parse", "HEAD"))
        paths = direct.paths()
        assert sorted({path.partition("/")[0] for path in paths.values()}) == ["one.txt", "two"]
        assert [direct.found(recorded) for recorded in paths] == [one.removesuffix(".dir") for one in paths]
        lie = {direct.url(one).removeprefix("file://") for one in paths}
        assert lie == {str(path) for path in (tiny.parent / "store").rglob("*") if path.is_file()}
