"""The committed cards are what the real line gives; DVC finds the model that they describe."""

import json
from pathlib import Path

import pytest

from assay.files import sha256
from assay.paths import CROISSANT, DATA_CARD, MODEL_CARD
from pipeline_copy import IDENTITY, Copy


@pytest.mark.slow
def test_the_committed_cards_are_what_their_inputs_give(fork: Copy) -> None:
    for path in (MODEL_CARD, DATA_CARD, CROISSANT):
        (fork.path / path).unlink()
    assert fork.repro() == ["cards"]
    assert fork.git_status() == ""
    for file in json.loads((fork.path / CROISSANT).read_text())["distribution"]:
        assert file["sha256"] == sha256(fork.path / CROISSANT.parent / file["contentUrl"])


def test_the_change_of_the_assay_is_among_the_limits(line: Copy) -> None:
    for card in (MODEL_CARD, DATA_CARD):
        assert "TSH is distributed differently from 1985-05-23 on" in (line.path / card).read_text()


REGISTERED = """
import json
from dvc.repo import Repo
with Repo(".") as repo:
    (one,) = repo.artifacts.read()["dvc.yaml"].values()
print(json.dumps({"path": one.path, "type": one.type, "desc": one.desc}))
"""


@pytest.mark.slow
def test_dvc_finds_the_model(fork: Copy, tmp_path: Path) -> None:
    # In processes of their own: what DVC finds artifacts with closes the standard output of the one that it is in.
    registered = json.loads(fork.run("python", "-c", REGISTERED).stdout.splitlines()[-1])
    assert (registered["path"], registered["type"]) == ("models", "model")
    assert "model_card.md" in registered["desc"]
    fork.run("git", *IDENTITY, "tag", "--annotate", "model@v1.0.0", "--message", "The first version")
    shown = fork.run("python", "-c", "from dvc.api import artifacts_show as show; print(show('model')['path'])")
    assert "models" in shown.stdout
    fork.run("dvc", "artifacts", "get", ".", "model", "--out", str(tmp_path / "model"))
    assert (tmp_path / "model/bundle.json").read_bytes() == (fork.path / "models/bundle.json").read_bytes()
