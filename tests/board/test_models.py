"""The registry as the board shows it."""

from pathlib import Path

import pytest

from assay.board.models import registry
from assay.git import git
from pipeline_copy import IDENTITY


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for number, version in enumerate(("v1.0.0", "v1.1.0"), start=1):
        git(tmp_path, *IDENTITY, "commit", "--quiet", "--allow-empty", "--message", version)
        git(tmp_path, *IDENTITY, "tag", "--annotate", f"model@{version}", "--message", "x")
        git(tmp_path, *IDENTITY, "tag", "--annotate", f"model#prod#{number}", "--message", "x")
    return tmp_path


def test_a_stage_names_its_champion_and_how_to_go_back(repository: Path) -> None:
    (stage,) = registry(repository).stages
    assert (stage.name, stage.version, stage.before) == ("prod", "v1.1.0", "v1.0.0")
    assert stage.rollback == 'assay rollback --stage prod --reason "WHY"'


def test_versions_are_judged_against_the_champion(repository: Path) -> None:
    found = {one.name: one for one in registry(repository).versions}
    assert found["v1.1.0"].stages == ["prod"]
    assert found["v1.1.0"].compare == ""
    assert found["v1.0.0"].stages == []
    assert found["v1.0.0"].compare == "assay compare v1.1.0 v1.0.0"


def test_a_tag_without_a_decision_says_so(repository: Path) -> None:
    events = registry(repository).events
    assert len(events) == 4
    assert {one.who for one in events} == {"Test"}
    assert {one.why for one in events} == {"no decision on record: made by hand"}


def test_without_tags_there_is_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, *IDENTITY, "commit", "--quiet", "--allow-empty", "--message", "x")
    found = registry(tmp_path)
    assert (found.stages, found.versions, found.events) == ([], [], [])
