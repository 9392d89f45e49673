"""`assay sweep`: real DVC experiments, exactly what `dvc repro` would give, and nothing lost when killed."""

import json
import os
import signal
from pathlib import Path

import pytest

from pipeline_copy import FRESH, IDENTITY, Copy, edit, listed, wait_for, workers


@pytest.mark.slow
def test_an_experiment_of_a_sweep_is_what_dvc_repro_gives(cheap: Copy) -> None:
    summary = cheap.run("assay", "sweep", "strength", "-S", "model.C=0.1,1", "-j", "1").stdout
    names = listed(cheap)
    assert "2 of 2 experiments" in summary
    assert [name.rpartition("-")[0] for name in names] == [f"strength-C-{strength}" for strength in ("0.1", "1")]
    assert cheap.git_status() == ""
    shown = cheap.run("dvc", "exp", "show", "--csv", "--no-pager").stdout
    assert all(name in shown for name in names)
    cheap.run("dvc", "exp", "apply", names[0])
    assert cheap.repro() == []
    before = cheap.hashes()
    assert "C: 0.1" in (cheap.path / "params.yaml").read_text()
    reports = cheap.git_status()
    cheap.repro("--force", "--downstream", "train")
    assert cheap.hashes() == before
    assert cheap.git_status() == reports
    cheap.run("dvc", "exp", "branch", names[1], "stronger")


@pytest.mark.slow
def test_a_dvc_that_can_run_no_stages_in_a_worker_gives_the_same_by_its_commands(cheap: Copy, tmp_path: Path) -> None:
    command = ("assay", "sweep", "strength", "-S", "model.C=0.1")
    edit(cheap, "src/assay/dvc_internals/in_process.py", '"dvc.stage.run:_run"', '"dvc.stage.run:_gone"')
    cheap.commit("A DVC that has no such part")
    slow = cheap.fork(tmp_path / "slow")
    cheap.run("git", *IDENTITY, "revert", "--no-edit", "HEAD")
    for copy in (cheap, slow):
        assert "1 of 1 experiments" in copy.run(*command).stdout
    [name] = listed(cheap)
    assert listed(slow) == [name]
    locks = [copy.run("git", "show", f"{reference(copy, name)}:dvc.lock").stdout for copy in (cheap, slow)]
    assert locks[0] == locks[1]
    [log] = (slow.path / ".assay/sweeps").glob("*.logs/*.log")
    assert "Running stage 'train'" in log.read_text()
    assert slow.git_status() == ""


def reference(copy: Copy, name: str) -> str:
    return copy.run("git", "for-each-ref", "--format=%(refname)", f"refs/exps/*/*/{name}").stdout.strip()


@pytest.mark.slow
def test_one_that_fails_is_reported_and_stops_no_other(cheap: Copy) -> None:
    drops = "features.drop=choice([nonsense],[age])"
    command = ("assay", "sweep", "drops", "-S", drops, "-j", "1")
    failed = cheap.run(*command, fails=True)
    assert "1 of 2 experiments" in failed.stdout
    assert "no feature nonsense" in failed.stdout
    assert len(listed(cheap)) == 1
    log = next((cheap.path / ".assay/sweeps/drops.logs").glob("*nonsense*"))
    assert "assay featurize: error: no feature nonsense" in log.read_text()
    # The same command tries again what failed, and only that.
    again = cheap.run(*command, fails=True).stdout
    assert "1 of 2 experiments, 1 of them from before" in again


@pytest.mark.slow
def test_a_killed_sweep_goes_on_and_loses_nothing(cheap: Copy) -> None:
    command = ("assay", "sweep", "killed", "-S", "model.C=0.1,0.2,0.3", "-j", "2")
    ledger = cheap.path / ".assay/sweeps/killed.jsonl"
    cheap.environment["PATH"] = FRESH
    sweep = cheap.start(*command)
    wait_for(lambda: ledger.exists() and '"done"' in ledger.read_text())
    os.kill(sweep.pid, signal.SIGKILL)
    sweep.communicate()
    first = listed(cheap)
    assert 1 <= len(first) < 3
    wait_for(lambda: not workers(cheap.path))
    del cheap.environment["PATH"]
    assert "3 of 3 experiments" in cheap.run(*command).stdout
    assert len(listed(cheap)) == len(set(listed(cheap))) == 3
    assert set(first) <= set(listed(cheap))
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    done = [line["experiment"] for line in lines if line["state"] == "done"]
    assert len(done) == len(set(done))


@pytest.mark.slow
def test_a_wrong_combination_is_refused_before_anything_runs(cheap: Copy) -> None:
    refused = cheap.run("assay", "sweep", "bad", "-S", "model.C=0.1,-1", fails=True)
    assert "model.C=-1" in refused.stderr
    assert "nothing has run" in refused.stderr
    assert listed(cheap) == []


def test_uncommitted_changes_are_refused(cheap: Copy) -> None:
    (cheap.path / "params.yaml").write_text((cheap.path / "params.yaml").read_text() + "\n")
    refused = cheap.run("assay", "sweep", "dirty", "-S", "model.C=0.1", fails=True)
    assert "params.yaml" in refused.stderr
    assert "commit them" in refused.stderr


SEARCHED = """
search:
  trials: {trials}
  seed: 1
  space:
    model.C: {{low: 0.01, high: 10, log: true}}
"""


@pytest.mark.slow
def test_a_search_goes_on_where_it_was_and_its_experiments_are_real(cheap: Copy) -> None:
    sweep = cheap.path / "conf/sweep/strength.yaml"

    def searched(trials: int) -> str:
        sweep.write_text(SEARCHED.format(trials=trials))
        return cheap.run("assay", "sweep", "strength", "-j", "1").stdout

    assert "1 of 1 experiments" in searched(1)
    first = listed(cheap)
    assert len(first) == 1
    assert "2 of 2 experiments, 1 of them from before" in searched(2)
    assert len(listed(cheap)) == len(set(listed(cheap))) == 2
    assert set(first) <= set(listed(cheap))
    cheap.run("dvc", "exp", "apply", listed(cheap)[-1])
    assert cheap.repro() == []


@pytest.mark.slow
def test_a_search_with_a_wrong_end_is_refused_before_anything_runs(cheap: Copy) -> None:
    content = SEARCHED.format(trials=3).replace("low: 0.01", "low: -1").replace(", log: true", "")
    (cheap.path / "conf/sweep/strength.yaml").write_text(content)
    refused = cheap.run("assay", "sweep", "strength", fails=True)
    assert "model.C=-1" in refused.stderr
    assert listed(cheap) == []
