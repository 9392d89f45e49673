"""What reads the environment is refused wherever something is composed, and the secret is never said."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.config.compose import composed
from assay.config.load import load
from assay.errors import AssayError
from assay.sweep import plan
from samples import ROOT

SECRET = "s3cr3t-of-this-machine"
OVERRIDES = [
    "labels.about=${oc.env:TOKEN}",
    "labels.about=x${oc.env:TOKEN}y",
    "labels.about=${oc.env:TOKEN,nothing}",
    "labels.about=${oc.env:NOT_SET,nothing}",
    "labels.about=${env:TOKEN}",
    "labels.positive=['${oc.env:TOKEN}']",
    "labels.about='${oc.decode:${oc.env:TOKEN}}'",
    "labels.about='${oc.decode:\"${oc.env:TOKEN}\"}'",
    "labels.codes='${oc.select:nowhere,${oc.env:TOKEN}}'",
    "labels.about='${oc.deprecated:labels.name,${oc.env:TOKEN}}'",
    "dataset.codes='${oc.create:{A:${oc.env:TOKEN}}}'",
    "labels.about='${${labels.name}:TOKEN}' labels.name=oc.env",
    "dataset.source.uri=s3://${oc.env:TOKEN}/x",
    r"labels.about=\${oc.env:TOKEN}",
    "labels=${oc.env:TOKEN}",
]


@pytest.fixture(autouse=True)
def repository(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the menu, on a machine with a secret."""
    monkeypatch.setenv("TOKEN", SECRET)
    shutil.copytree(ROOT / "conf", here / "conf")
    (here / "src").symlink_to(ROOT / "src")
    return here


def everything(folder: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.parametrize("overrides", OVERRIDES)
def test_an_override_may_not_read_the_environment(overrides: str, here: Path) -> None:
    with pytest.raises(AssayError) as caught:
        composed(overrides.split(" "))
    assert SECRET not in str(caught.value)
    assert SECRET not in everything(here)


def test_the_key_is_named_and_what_to_do_instead() -> None:
    with pytest.raises(AssayError, match=r"^labels\.about reads the environment") as caught:
        composed(["labels.about=${oc.env:TOKEN}"])
    assert "docs/sharing.md" in caught.value.todo


def test_params_are_left_as_they_are(here: Path) -> None:
    before = (here / "params.yaml").read_bytes()
    done = CliRunner().invoke(app, ["params", "labels.about=${oc.env:TOKEN}"])
    assert done.exit_code == 1
    assert "labels.about reads the environment" in done.output
    assert (here / "params.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "line"),
    [("labels/overt.yaml", "name: overt"), ("dataset/thyroid.yaml", "name: thyroid"), ("config.yaml", "  seed: 42")],
)
def test_the_menu_may_not_read_it_either(name: str, line: str, here: Path) -> None:
    path = here / "conf" / name
    assert path.read_text().count(f"\n{line}\n") == 1
    path.write_text(path.read_text().replace(f"\n{line}\n", f"\n{line.partition(':')[0]}: ${{oc.env:TOKEN}}\n"))
    with pytest.raises(AssayError, match="reads the environment") as caught:
        composed()
    assert SECRET not in str(caught.value)


def test_nor_a_sweep(here: Path) -> None:
    (here / "conf/sweep/leak.yaml").write_text("sets:\n  - ['labels.about=${oc.env:TOKEN}']\n")
    with pytest.raises(AssayError, match="reads the environment") as caught:
        plan.plan("leak", plan.read_sets("leak"))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("value", ["${oc.env:TOKEN}", "x ${env:TOKEN}", "${anything}"])
def test_nor_what_is_written_into_params_by_hand(value: str, here: Path) -> None:
    params = OmegaConf.to_container(OmegaConf.load(here / "params.yaml"))
    params["labels"]["about"] = value  # type: ignore[index,call-overload]
    params["model"]["tree_method"] = value  # type: ignore[index,call-overload]
    (here / "params.yaml").write_text(yaml.safe_dump(params))
    with pytest.raises(AssayError, match=r"labels\.about, model\.tree_method: a reference") as caught:
        load()
    assert SECRET not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--cfg", "job", "--resolve"]])
def test_nor_a_stage_with_arguments(options: list[str], here: Path) -> None:
    command = [sys.executable, "-m", "assay.stages.split", "labels.about=${oc.env:TOKEN}", *options]
    done = subprocess.run(command, cwd=here, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 1
    assert "labels.about reads the environment" in done.stderr
    assert SECRET not in done.stdout + done.stderr + everything(here)


def test_what_hydra_itself_offers_works() -> None:
    assert "about: '2" in composed(["labels.about='${now:%Y}'"])
    assert "about: overt" in composed(["labels.about=${labels.name}"])
