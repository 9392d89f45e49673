"""What the warm process has DVC read and write is what DVC reads and writes."""

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dvc.utils import strictyaml
from dvc.utils.serialize import _yaml

from samples import ROOT
from warm_yaml import keep_in, lock_of

LOCK = (ROOT / "dvc.lock").read_text()
STAGE = """  clean:
    cmd: run
    params:
      about: 'a long text that is folded when it is written, once it is
        wide'
"""
NAMES = ["parse_yaml", "parse_yaml_for_update", "_dump"]
REAL = {name: getattr(_yaml, name) for name in NAMES}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    keep_in(tmp_path)
    yield tmp_path
    for name, real in REAL.items():
        setattr(_yaml, name, real)
    strictyaml.parse_yaml = REAL["parse_yaml"]  # type: ignore[assignment]


def read(parse: Any, text: str) -> Any:
    """What a text is parsed to, or by which error it is refused."""
    try:
        return parse(text, "dvc.lock")
    except Exception as error:
        return type(error), str(error.__cause__)


@pytest.mark.parametrize(
    ("text", "by_stages"),
    [
        (LOCK, True),
        (f"schema: '2.0'\nstages:\n{STAGE}", True),
        (f"schema: '2.0'\nstages:\n{STAGE}{STAGE}", False),
        (f"schema: '2.0'\nstages:\n{STAGE}  # a word\n", False),
        (f"schema: '2.0'\nstages:\n{STAGE}  train: [\n", False),
        (f"schema: '2.0'\nstages:\n{STAGE}more: 1\n", False),
        (f"schema: '2.0'\nstages:\n{STAGE}  train: text\n", True),
        ("schema: '2.0'\nstages:\n  - train\n", False),
        ("schema: '2.0'\nstages:\n  clean: &same\n    cmd: run\n  train: *same\n", False),
        (f"stages:\n{STAGE}schema: '2.0'\n", False),
        ("schema: '2.0'\nstages: {}\n", False),
        ("schema: '2.0'\n", False),
        ("", False),
    ],
)
def test_a_lock_is_read_as_dvc_reads_it(text: str, by_stages: bool, kept: Path) -> None:
    assert bool(lock_of(text, lambda part: REAL["parse_yaml"](part, "dvc.lock"))) == by_stages
    for _ in range(2):
        assert read(_yaml.parse_yaml, text) == read(REAL["parse_yaml"], text)
    if "#" not in text:
        assert read(_yaml.parse_yaml_for_update, text) == read(REAL["parse_yaml"], text)


def test_what_was_read_may_be_changed(kept: Path) -> None:
    _yaml.parse_yaml(LOCK, "dvc.lock")["stages"].clear()
    assert _yaml.parse_yaml(LOCK, "dvc.lock") == REAL["parse_yaml"](LOCK, "dvc.lock")


def test_a_lock_is_written_as_dvc_writes_it(kept: Path) -> None:
    content = REAL["parse_yaml"](LOCK, "dvc.lock")
    content["stages"]["train"] = OrderedDict(content["stages"]["train"])
    for _ in range(2):
        assert _yaml.dumps_yaml(content) == LOCK


@pytest.mark.parametrize("content", [{}, {"schema": "2.0", "stages": {}}, {"stages": {"train": {"cmd": "run"}}}])
def test_what_is_no_lock_is_written_whole(content: dict, kept: Path) -> None:
    written = _yaml.dumps_yaml(content)
    assert REAL["parse_yaml"](written, "dvc.yaml") == content
    assert not list(kept.iterdir())
