"""`assay sweep --on`: experiments on the workers of a real dask cluster are those of a sweep on this machine."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from dask_cluster import cluster
from pipeline_copy import ENVIRONMENT, Copy, wait_for, warm_python, workers
from samples import ROOT

pytest.importorskip("distributed", reason="dask is an extra: make extras")
pytestmark = pytest.mark.slow
WARM_WORKER = ROOT / "tests/helpers/warm_worker.py"
PATIENCE = 600  # seconds: a worker makes a clone and imports everything before its first experiment
SEARCH = "search: {trials: 1, space: {model.C: {low: 0.01, high: 10, log: true}}}"  # each trial asks once
STRENGTHS = ("-S", "model.C=0.1,0.2,0.3")  # when one is done, both workers have another


def trees(copy: Copy) -> dict[str, str]:
    """The tree in git, a hash of all its files, of each experiment by name."""
    listed = copy.run("git", "for-each-ref", "--format=%(refname:lstrip=4) %(tree)", "refs/exps").stdout
    return dict(one.split() for one in listed.splitlines())


def with_code(src: Path) -> dict[str, str]:
    """Variables of a cluster whose workers have this code, and start their processes warm."""
    warm = {"WARM_PYTHON": warm_python(), "DASK_DISTRIBUTED__WORKER__PRELOAD": str(WARM_WORKER)}
    return {**ENVIRONMENT, "PYTHONPATH": str(src), **warm}


def test_it_gives_what_a_local_sweep_gives_and_a_worker_that_is_killed_loses_nothing(
    cheap: Copy, tmp_path: Path
) -> None:
    there = cheap.fork(tmp_path / "there")
    cheap.run("assay", "sweep", "strength", *STRENGTHS)
    ledger = there.path / ".assay/sweeps/strength.jsonl"
    with cluster(with_code(there.path / "src")) as two:
        sweep = there.start("assay", "sweep", "strength", *STRENGTHS, "--on", two.address)
        wait_for(lambda: ledger.exists() and '"done"' in ledger.read_text(), PATIENCE)
        os.kill(two.workers[0], signal.SIGKILL)
        summary, said = sweep.communicate()
        assert "3 of 3 experiments" in summary, said
        again = there.run("assay", "sweep", "strength", *STRENGTHS, "--on", two.address).stdout
        assert "3 of 3 experiments, 3 of them from before" in again
        wait_for(lambda: not workers(there.path), PATIENCE)
    assert trees(there) == trees(cheap)
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert len([entry for entry in entries if entry["state"] == "done"]) == 3
    assert said == ""
    assert there.git_status() == ""
    there.run("dvc", "exp", "apply", min(trees(there)))
    assert there.repro() == []


def test_one_that_fails_is_reported_with_its_log_and_a_trial_asks_whether_it_is_hopeless(cheap: Copy) -> None:
    (cheap.path / "conf/sweep/strength.yaml").write_text(SEARCH)
    with cluster(with_code(cheap.path / "src"), workers=1) as one:
        command = ("assay", "sweep", "drops", "-S", "features.drop=[nonsense]", "--on", one.address)
        failed = cheap.run(*command, fails=True)
        assert "1 of 1 experiments" in cheap.run("assay", "sweep", "strength", "--on", one.address).stdout
    assert "no feature nonsense" in failed.stdout
    [log] = (cheap.path / ".assay/sweeps/drops.logs").iterdir()
    assert "assay featurize: error: no feature nonsense" in log.read_text()


def test_workers_that_share_no_folder_take_the_remotes_of_git_and_dvc(cheap: Copy, tmp_path: Path) -> None:
    """In a namespace of their own they do not see the folder of the repository."""
    empty, installed = tmp_path / "empty", tmp_path / "installed"
    empty.mkdir()
    hide = ["unshare", "-rm", "sh", "-c", f"mount --bind '{empty}' '{cheap.path}' && exec \"$@\"", "sh"]
    if not shutil.which("unshare") or subprocess.run([*hide, "true"], capture_output=True).returncode:
        pytest.skip("no namespace of mounts can be made here")
    shutil.copytree(cheap.path / "src", installed)
    command = ("assay", "sweep", "strength", "-S", "model.C=0.1")
    with cluster(with_code(installed), hide, workers=1) as one:
        alone = cheap.run(*command, "--on", one.address, fails=True)
        assert "does not have the repository" in alone.stderr
        assert "git push" in alone.stderr
        cheap.run("git", "clone", "--quiet", "--bare", ".", str(tmp_path / "remote.git"))
        cheap.run("git", "remote", "add", "origin", str(tmp_path / "remote.git"))
        without = cheap.run(*command, "--on", one.address, fails=True)
        assert "has a default remote" in without.stderr
        cheap.run("dvc", "remote", "add", "--default", "storage", str(tmp_path / "storage"))
        cheap.commit("A remote")
        cheap.run("git", "push", "--quiet", "origin", "main")
        cheap.run(*command, "--on", one.address)
    [name] = trees(cheap)
    cheap.run("dvc", "exp", "apply", name)
    assert cheap.repro() == []
    assert list((tmp_path / "storage").iterdir())


def test_a_scheduler_that_goes_away_gives_one_message_and_the_sweep_goes_on_elsewhere(cheap: Copy) -> None:
    ledger = cheap.path / ".assay/sweeps/strength.jsonl"
    command = ("assay", "sweep", "strength", "-S", "model.C=0.1,0.2")
    with cluster(with_code(cheap.path / "src"), workers=1) as one:
        sweep = cheap.start(*command, "--on", one.address)
        wait_for(lambda: ledger.exists() and '"done"' in ledger.read_text(), PATIENCE)
    _, said = sweep.communicate()
    assert sweep.returncode == 1
    assert said.startswith("assay sweep: error: the scheduler is gone")
    assert said.count("\n") == 3
    assert len(trees(cheap)) == 1
    assert "2 of 2 experiments" in cheap.run(*command, "-j", "1").stdout
