"""The replay beside the line, with the real DVC."""

import json

import pytest

from pipeline_copy import Copy, edit

pytestmark = pytest.mark.slow

PAGE = "replay/dvc.yaml"


@pytest.fixture
def small(cheap: Copy) -> Copy:
    """The cheap line with few months to replay."""
    edit(cheap, "conf/config.yaml", "first_months: 6 ", "first_months: 24")
    cheap.run("assay", "params")
    cheap.commit("Replay few months")
    return cheap


def test_only_its_own_command_runs_it_and_dvc_sees_it(small: Copy) -> None:
    (small.path / "reports/replay.json").unlink(missing_ok=True)
    assert small.repro() == []
    assert not (small.path / "reports/replay.json").exists()
    assert "Running stage" in small.run("dvc", "repro", PAGE).stdout
    assert "Running stage" not in small.run("dvc", "repro", PAGE).stdout
    shown = json.loads(small.run("dvc", "metrics", "show", "reports/replay.json", "--json").stdout)
    assert "triggered" in shown[""]["data"]["reports/replay.json"]["data"]["policies"]
    assert "replay_by_month" in json.dumps(json.loads(small.run("dvc", "plots", "show", "--json").stdout))
    small.commit("Replay")
    small.run("dvc", "exp", "run", "-S", "replay.schedule=2")
    difference = json.loads(small.run("dvc", "params", "diff", "--json").stdout)
    assert list(difference["params.yaml"]) == ["replay.schedule"]
    assert "reports/replay" not in small.git_status()
    said = small.run("assay", "replay", "--no-browser", "--md").stdout
    assert "triggered less scheduled" in said
    changed = json.loads(small.run("dvc", "metrics", "diff", "--json", "--targets", "reports/replay.json").stdout)
    assert any(key.startswith("policies.scheduled") for key in changed["reports/replay.json"])


def test_a_change_of_its_settings_is_one_of_the_replay_alone(cheap: Copy) -> None:
    cheap.run("assay", "params", "replay.gap=5")
    assert json.loads(cheap.run("dvc", "status", "--json", "dvc.yaml").stdout) == {}
    assert any("replay" in name for name in json.loads(cheap.run("dvc", "status", "--json").stdout))
