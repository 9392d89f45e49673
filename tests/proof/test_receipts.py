"""Who vouches for a receipt, and whether it is of the revision that it names."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.errors import AssayError
from assay.proof.receipts import vouched
from assay.proof.verify import recorded_outputs
from assay.registry.signing import sign_file
from registry_repository import git, run

LOCK = """
stages:
  train:
    outs:
    - {path: models, md5: 0123456789abcdef0123456789abcdef.dir}
    - {path: reports/metrics.json, md5: fedcba9876543210fedcba9876543210}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a dvc.lock, and a key that may vouch for it."""
    root, key, allowed = tmp_path / "root", tmp_path / "key", tmp_path / "allowed"
    root.mkdir()
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key), folder=tmp_path)
    allowed.write_text(f"ann@example.org {key.with_suffix('.pub').read_text()}")
    git(root, "init", "--quiet")
    for name, value in {
        "user.name": "Ann",
        "user.email": "ann@example.org",
        "gpg.format": "ssh",
        "user.signingkey": f"{key}.pub",
        "gpg.ssh.allowedSignersFile": str(allowed),
    }.items():
        git(root, "config", name, value)
    (root / "dvc.lock").write_text(LOCK)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Run")
    return root


def receipt(repo: Path) -> dict[str, Any]:
    outputs = [
        {"stage": stage, "path": path, "recorded": md5, "found": md5, "identical": True}
        for stage, path, md5 in recorded_outputs(LOCK)
    ]
    return {"revision": git(repo, "rev-parse", "HEAD"), "identical": True, "time": "2026-01-01", "outputs": outputs}


def signed(repo: Path, content: object) -> Path:
    path = repo / "receipt.json"
    path.write_text(json.dumps(content))
    sign_file(repo, path)
    return path


def test_a_receipt_names_who_vouches_for_what(repo: Path) -> None:
    found = vouched(repo, signed(repo, receipt(repo)))
    revision = git(repo, "rev-parse", "HEAD")[:10]
    assert found == f"ann@example.org vouches: {revision}, run afresh 2026-01-01, 2 of 2 outputs identical"


def set_(*keys: Any, value: object) -> Callable[[dict[str, Any]], object]:
    def harm(content: dict[str, Any]) -> object:
        inner: Any = content
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value
        return content

    return harm


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (set_("identical", value=False), "gave other bytes"),
        (set_("outputs", 0, "found", value=""), "gave other bytes"),
        (set_("outputs", 0, "recorded", value="0" * 32), "is not of"),
        (set_("outputs", value=[]), "is not of"),
        (set_("outputs", 0, value={}), "not a receipt"),
        (set_("revision", value="HEAD"), "names no commit"),
        (set_("revision", value="--help"), "names no commit"),
        (set_("revision", value="0" * 40), "git show failed"),
        (lambda _: [], "not a receipt"),
    ],
)
def test_a_signature_alone_does_not_make_it_true(
    repo: Path, harm: Callable[[dict[str, Any]], object], message: str
) -> None:
    path = signed(repo, harm(receipt(repo)))
    with pytest.raises(AssayError, match=message):
        vouched(repo, path)


@pytest.mark.parametrize("content", ["", "no JSON", "[" * 100_000])
def test_a_signed_file_of_another_kind_is_no_receipt(repo: Path, content: str) -> None:
    (repo / "receipt.json").write_text(content)
    sign_file(repo, repo / "receipt.json")
    with pytest.raises(AssayError, match="not a receipt"):
        vouched(repo, repo / "receipt.json")


def test_a_receipt_that_was_changed_is_refused(repo: Path) -> None:
    path = signed(repo, receipt(repo))
    path.write_text(f"{path.read_text()} ")
    with pytest.raises(AssayError, match="not what was signed"):
        vouched(repo, path)
