"""Data, models and experiments through a real S3 endpoint and a bare git remote, as docs/sharing.md says."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from assay.files import md5
from pipeline_copy import IDENTITY, Copy
from s3_endpoint import BUCKET, Endpoint
from samples import ROOT

RAW, MODEL, SCORES = "data/raw/records.csv", "models/model.skops", "data/predictions/test.parquet"


def documented() -> list[list[str]]:
    """The commands of the page that name a remote."""
    block = (ROOT / "docs/sharing.md").read_text().split("```sh\n")[1].split("```")[0]
    return [shlex.split(line, comments=True) for line in block.splitlines() if line.startswith("dvc remote")]


def credentials(s3: Endpoint) -> dict[str, str]:
    """The address is the remote's own setting."""
    return {name: value for name, value in s3.environment.items() if name != "AWS_ENDPOINT_URL"}


def clone(source: Path, path: Path, s3: Endpoint) -> Copy:
    """A fresh clone with a cache of its own, and the credentials in the environment."""
    path.mkdir()
    copy = Copy(path, credentials(s3))
    copy.run("git", "clone", "--quiet", str(source), ".")
    return copy


@pytest.fixture(scope="module")
def shared(cheap_line: Copy, s3: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A clone of a bare git remote with an S3 remote; everything is pushed to both."""
    folder = tmp_path_factory.mktemp("sharing")
    cheap_line.run("git", "clone", "--quiet", "--bare", str(cheap_line.path), str(folder / "origin"))
    copy = clone(folder / "origin", folder / "shared", s3)
    for command in documented():
        copy.run(*(word.replace("BUCKET", BUCKET).replace("https://s3.example.org", s3.url) for word in command))
    copy.run("git", *IDENTITY, "commit", "--quiet", "--message", "Name the remote", ".dvc/config")
    copy.run("git", "push", "--quiet", "origin", "main")
    shutil.copytree(cheap_line.path / ".dvc/cache", copy.path / ".dvc/cache")
    copy.run("dvc", "push")
    return copy


@pytest.fixture
def colleague(shared: Copy, s3: Endpoint, tmp_path: Path) -> Copy:
    """A fresh clone by somebody else."""
    return clone(shared.path.parent / "origin", tmp_path / "colleague", s3)


@contextmanager
def damaged(s3: Endpoint, content: Path) -> Iterator[None]:
    """One byte of an object of the remote changed, as long as the block lasts."""
    files, address, good = s3.files(), stored(content), content.read_bytes()
    files.pipe_file(address, bytes([good[0] ^ 1]) + good[1:])
    yield
    files.pipe_file(address, good)


def stored(content: Path) -> str:
    """Where the remote keeps this content."""
    recorded = md5(content)
    return f"{BUCKET}/assay/files/md5/{recorded[:2]}/{recorded[2:]}"


@pytest.mark.slow
def test_a_fresh_clone_gets_data_and_models_and_has_nothing_to_run(colleague: Copy) -> None:
    colleague.run("dvc", "pull")
    assert {path: md5(colleague.path / path) for path in colleague.hashes()} == colleague.hashes()
    assert colleague.repro() == []
    assert colleague.git_status() == ""


@pytest.mark.slow
def test_an_experiment_is_compared_from_afar_and_then_taken(shared: Copy, colleague: Copy, s3: Endpoint) -> None:
    shared.run("dvc", "checkout")
    shared.run("dvc", "exp", "run", "--name", "weak", "-S", "model=majority")
    shared.run("dvc", "exp", "push", "origin", "weak")

    colleague.run("dvc", "exp", "pull", "--no-cache", "origin", "weak")
    # main~1 does not know the remote yet.
    compare = ("assay", "compare", "main~1", "weak", "--json", "--resamples", "100")
    assert json.loads(colleague.run(*compare).stdout)["params"]["model.name"] == ["logistic", "majority"]
    with damaged(s3, shared.path / SCORES):
        refused = colleague.run(*compare, fails=True).stderr
    assert f"{SCORES} is corrupted" in refused
    assert "weak (" in refused
    assert "assay remote weak" in refused
    assert not (colleague.path / ".dvc/cache").exists()

    colleague.run("dvc", "exp", "pull", "origin", "weak")
    colleague.run("dvc", "exp", "apply", "weak")
    assert colleague.repro() == []
    assert json.loads((colleague.path / "models/bundle.json").read_text())["model"]["name"] == "majority"


@pytest.mark.slow
def test_a_damaged_remote_is_refused_named_and_mended(
    cheap_line: Copy, shared: Copy, colleague: Copy, s3: Endpoint
) -> None:
    with damaged(s3, cheap_line.path / RAW):
        s3.files().rm_file(stored(cheap_line.path / MODEL))
        refused = colleague.run("dvc", "pull", "collect", fails=True)
        assert "Checkout failed for following targets:\ndata/raw\n" in refused.stderr
        assert not (colleague.path / RAW).exists()

        named = colleague.run("assay", "remote", fails=True)
        assert f"{RAW}: corrupted, s3://{stored(cheap_line.path / RAW)}\n" in named.stdout
        assert f"{MODEL}: missing, s3://{stored(cheap_line.path / MODEL)}\n" in named.stdout
        assert "assay remote --mend" in named.stderr

        # Why `verify` is not optional.
        colleague.run("dvc", "remote", "modify", "--local", "storage", "verify", "false")
        colleague.run("dvc", "pull", "collect")
        assert md5(colleague.path / RAW) != md5(cheap_line.path / RAW)
        assert "up to date" in colleague.run("dvc", "status", "collect").stdout

        assert shared.run("dvc", "push").stdout == "Everything is up to date.\n"
        mended = shared.run("assay", "remote", "--mend").stdout
        assert re.fullmatch(r"(\d+) of \1 objects of HEAD are there and unharmed\n", mended)
        assert s3.files().cat_file(stored(cheap_line.path / RAW)) == (cheap_line.path / RAW).read_bytes()


@pytest.mark.slow
def test_an_object_that_is_read_in_parts_needs_the_shipped_settings(shared: Copy, s3: Endpoint, tmp_path: Path) -> None:
    scratch = Copy(tmp_path, credentials(s3))
    scratch.run("git", "init")
    scratch.run("dvc", "init")
    for name in ("config", "s3.ini"):
        shutil.copy(shared.path / ".dvc" / name, tmp_path / ".dvc" / name)
    large = tmp_path / "large.bin"
    large.write_bytes(np.random.default_rng(0).bytes(61 * 2**20))
    scratch.run("dvc", "add", "large.bin")
    recorded = md5(large)

    def pulled(fails: bool = False) -> str:
        large.unlink(missing_ok=True)
        shutil.rmtree(tmp_path / ".dvc/cache")
        return scratch.run("dvc", "pull", fails=fails).stderr

    settings = tmp_path / "empty.ini"
    settings.touch()
    scratch.environment["AWS_CONFIG_FILE"] = str(settings)
    scratch.run("dvc", "push")
    # Where this passes, the stores or the clients have changed: .dvc/s3.ini can go.
    assert "did not match calculated checksum" in pulled(fails=True)
    del scratch.environment["AWS_CONFIG_FILE"]
    pulled()
    assert md5(large) == recorded
