"""Fixtures that all tests share."""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import md5
from pathlib import Path

import dvc  # noqa: F401 - its log keeps the stdout of the first import, which must not be one that a test closes
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

import bytecode  # noqa: F401
import warm
from chromium import CHROMIUM
from once import made_once, shared
from s3_endpoint import Endpoint, serving
from samples import ROOT, raw_record, raw_table
from small_line import run_small_line

# No deadline: how fast a machine is must not decide whether a test passes.
settings.register_profile("assay", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")
warm.tests = True
OF_OVERRIDES = ("choice", "sweep")  # folders of conf/ that no configuration is composed of: they name overrides


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Let the collector of garbage look neither while nearly all is kept, nor ever at what was kept then, and seldom.

    By its usual threshold it takes a twentieth of the time of all tests, and finds little.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the modules that run the real DVC over the first third of the others, those with most slow tests first.

    Alone at the end one of them would keep one worker busy for minutes; together at the start all wait for the line.
    """
    modules = list(dict.fromkeys(item.path for item in items))
    marked = Counter(item.path for item in items if item.get_closest_marker("slow"))
    slow = sorted((path for path in modules if path.parent.name == "pipeline"), key=lambda path: -marked[path])
    quick = [path for path in modules if path not in slow]
    place = {path: number / len(slow) / 3 for number, path in enumerate(slow)}
    place |= {path: number / len(quick) for number, path in enumerate(quick)}
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(scope="session", autouse=True)
def _composed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compose the same words and files once in a test run: it takes longer than most tests."""
    from assay.config import compose
    from assay.files import write_text

    real, folder = compose.composed_text, shared(tmp_path_factory) / "composed"
    folder.mkdir(exist_ok=True)

    def once(conf: Path, plugins: str, overrides: Sequence[str]) -> str:
        files = sorted(file for file in conf.rglob("*.yaml") if file.parent.name not in OF_OVERRIDES)
        given = [*overrides, *((str(file.relative_to(conf)), file.read_bytes()) for file in files)]
        text = folder / md5(repr(given).encode()).hexdigest()
        if not text.exists():
            write_text(text, real(conf, plugins, overrides))
        return text.read_text()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "composed_text", once)
        yield


@pytest.fixture
def raw() -> pd.DataFrame:
    """Three different healthy records of three days."""
    return raw_table(
        raw_record("840801013"), raw_record("850801014", TSH="2.5"), raw_record("860801015", TSH="3.5", sex="M")
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the repository's dvc.yaml and params.yaml."""
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def small_line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every stage after collect ran on a small synthetic table. Not to be changed: copy it."""
    return made_once(tmp_path_factory, "small_line", run_small_line)


@pytest.fixture
def line(small_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small line, as the current folder."""
    copy = tmp_path / "line"
    shutil.copytree(small_line, copy, symlinks=True)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A real browser."""
    if CHROMIUM is None and not os.environ.get("ASSAY_REQUIRE_BROWSER"):
        pytest.skip("no Chromium on this machine")
    assert CHROMIUM, "ASSAY_REQUIRE_BROWSER is set and there is no Chromium on this machine"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """An S3 endpoint with one bucket."""
    with serving(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint
