"""Who vouches: real keys, real git, and what an attacker would try."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.registry import promotion
from assay.registry.decisions import read
from assay.registry.page import accepted, of_registry
from assay.registry.signing import require_signed, sign_file, signed_content
from assay.registry.source import InStage
from assay.registry.tags import tags
from registry_repository import Promote, git, run

TAG = "model#prod#1"


@pytest.fixture
def keys(repo: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a key of a person; the first one is git's, and the only one who is allowed."""
    folder = tmp_path / "keys"
    folder.mkdir()

    def key(name: str) -> Path:
        path = folder / name
        if not path.exists():
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path), folder=folder)
        return path.with_suffix(".pub")

    allow(folder / "allowed", "ann@example.org", key("ann"))
    for name, value in {
        "gpg.format": "ssh", "user.signingkey": str(key("ann")), "gpg.ssh.allowedSignersFile": str(folder / "allowed"),
    }.items():  # fmt: skip
        git(repo, "config", name, value)
    return key


def allow(file: Path, name: str, key: Path) -> None:
    file.write_text(f'{name} namespaces="git,assay-receipt" {key.read_text()}')


def test_a_signed_promotion_names_its_signer(repo: Path, promote: Promote, keys: Callable[[str], Path]) -> None:
    promote("main", sign=True)
    assert require_signed(repo, TAG) == require_signed(repo, "model@v1.0.0") == "ann@example.org"
    assert "Good" in git(repo, "log", "-1", "--format=%GG", "HEAD")
    assert "| `ann@example.org` |" in of_registry(repo)
    promote("better")
    with pytest.raises(AssayError, match="not signed with an ssh key"):
        require_signed(repo, "model#prod#2")
    promotion.rollback(repo, "prod", "", "why", sign=True, say=print)
    assert require_signed(repo, "model#prod#3") == "ann@example.org"


def test_a_tag_that_is_put_back_while_it_is_looked_at_vouches_for_nothing(
    repo: Path, promote: Promote, keys: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    promote("main", sign=True)
    signed = git(repo, "rev-parse", TAG)
    git(repo, "tag", "-f", "-a", TAG, "better", "-m", "x")
    source = InStage(repo, "prod", signed=True)
    tags_then = tags(repo)
    git(repo, "update-ref", f"refs/tags/{TAG}", signed)
    monkeypatch.setattr("assay.registry.source.tags", lambda root: tags_then)
    with pytest.raises(AssayError, match="the tag was moved"):
        source.load()


def assigned(repo: Path) -> list[str]:
    return [tag.name for tag in tags(repo).assigned("prod")]


def test_what_is_in_a_stage_unsigned_can_be_signed(
    repo: Path, promote: Promote, keys: Callable[[str], Path], said: list[str]
) -> None:
    promote("main")
    outcome = promote("main", sign=True)
    assert outcome.decision is not None
    assert (outcome.decision.action, outcome.decision.version, outcome.decision.tags) == (
        "sign", "v1.0.0", ["model#prod#2"],
    )  # fmt: skip
    assert [one.action for one in outcome.record] == ["promote"]
    assert require_signed(repo, "model#prod#2") == "ann@example.org"
    assert read(repo).decisions[-1]["reason"] == "model#prod#1 had no signature that counts"
    assert promote("main", sign=True).standing == "v1.0.0"
    assert promote("main").standing == "v1.0.0"
    assert assigned(repo) == ["model#prod#1", "model#prod#2"]
    assert said == []


@pytest.mark.slow
def test_gto_takes_the_signed_tag_for_the_one_that_counts(
    repo: Path, promote: Promote, keys: Callable[[str], Path]
) -> None:
    promote("main")
    promote("main", sign=True)
    gto = str(Path(sys.executable).with_name("gto"))
    (first, *_) = json.loads(run(gto, "history", "--json", folder=repo))
    assert (first["ref"], first["version"], first["stage"]) == ("model#prod#2", "v1.0.0", "prod")
    assert json.loads(run(gto, "show", "--json", folder=repo))["model"]["stage"] == {"prod": "v1.0.0"}


def test_a_signature_that_counts_for_nothing_is_made_anew(
    repo: Path, promote: Promote, keys: Callable[[str], Path]
) -> None:
    git(repo, "config", "user.signingkey", str(keys("eve")))
    promote("main", sign=True)
    git(repo, "config", "user.signingkey", str(keys("ann")))
    assert promote("main").standing == "v1.0.0"
    assert promote("main", sign=True).decision is not None
    assert require_signed(repo, "model#prod#2") == "ann@example.org"
    git(repo, "config", "--unset", "gpg.ssh.allowedSignersFile")
    assert promote("main", sign=True).standing == "v1.0.0"  # whoever signed it: nobody says who is allowed


def test_signing_says_what_the_gate_refused(repo: Path, promote: Promote, keys: Callable[[str], Path]) -> None:
    promote("missing", override="a trial")
    outcome = promote("missing", sign=True)
    assert outcome.decision is not None
    assert "**The gate refused v1.0.0**, Ann Smith overrode it: a trial." in accepted(outcome.decision, outcome.record)


@pytest.mark.slow
def test_a_stage_that_is_signed_no_more_is_announced(
    repo: Path, promote: Promote, keys: Callable[[str], Path], said: list[str]
) -> None:
    promote("main")
    assert said == []  # nobody relies on signatures yet
    promote("main", sign=True)
    promote("better")
    promotion.rollback(repo, "prod", "", "why", sign=False, say=said.append)
    assert [line.partition(":")[0] for line in said] == [
        "model#prod#2 was signed, and model#prod#3 is not",
        "model#prod#2 was signed, and model#prod#4 is not",
    ]
    assert "assay promote 'model#prod#4' --stage prod --sign" in said[1]
    promote("model#prod#4", sign=True)
    assert require_signed(repo, "model#prod#5") == "ann@example.org"
    git(repo, "config", "tag.gpgSign", "true")
    promote("better")
    assert len(said) == 2


def test_the_setting_of_git_signs_tags_too(repo: Path, promote: Promote, keys: Callable[[str], Path]) -> None:
    git(repo, "config", "tag.gpgSign", "true")
    promote("main")
    assert require_signed(repo, TAG) == "ann@example.org"


def another_key(repo: Path, keys: Callable[[str], Path]) -> None:
    git(repo, "-c", f"user.signingkey={keys('eve')}", "tag", "-s", TAG, "main", "-m", "x")


def unsigned(repo: Path, keys: Callable[[str], Path]) -> None:
    git(repo, "tag", "-a", TAG, "main", "-m", 'Good "git" signature for ann@example.org with ED25519 key SHA256:x')


def lightweight(repo: Path, keys: Callable[[str], Path]) -> None:
    git(repo, "tag", TAG, "main")


def of_a_tree(repo: Path, keys: Callable[[str], Path]) -> None:
    git(repo, "tag", "-s", TAG, "main^{tree}", "-m", "x")


def renamed(repo: Path, keys: Callable[[str], Path]) -> None:
    """A signed tag of a former version, under the name of the newest."""
    git(repo, "tag", "-s", "model#prod#0", "main", "-m", "x")
    git(repo, "update-ref", f"refs/tags/{TAG}", git(repo, "rev-parse", "model#prod#0"))


def changed(repo: Path, keys: Callable[[str], Path]) -> None:
    """The signature of one tag under the text of another."""
    git(repo, "tag", "-s", TAG, "main", "-m", "x")
    text = git(repo, "cat-file", "tag", TAG).replace(git(repo, "rev-parse", "main"), git(repo, "rev-parse", "worse"))
    (repo / ".git/text").write_text(f"{text}\n")
    sha = git(repo, "hash-object", "-t", "tag", "-w", ".git/text")
    git(repo, "update-ref", f"refs/tags/{TAG}", sha)


def other_namespace(repo: Path, keys: Callable[[str], Path]) -> None:
    """An allowed key, but only for files."""
    git(repo, "tag", "-s", TAG, "main", "-m", "x")
    allowed = keys("ann").parent / "allowed"
    allowed.write_text(allowed.read_text().replace("git,assay-receipt", "assay-receipt"))


def no_file(repo: Path, keys: Callable[[str], Path]) -> None:
    git(repo, "tag", "-s", TAG, "main", "-m", "x")
    git(repo, "config", "--unset", "gpg.ssh.allowedSignersFile")


def lost_file(repo: Path, keys: Callable[[str], Path]) -> None:
    git(repo, "tag", "-s", TAG, "main", "-m", "x")
    (keys("ann").parent / "allowed").unlink()


ATTACKS = {
    another_key: "nobody who is allowed to vouches",
    unsigned: "not signed with an ssh key",
    lightweight: "no such annotated tag",
    of_a_tree: "not of a commit",
    renamed: "says of itself another name",
    changed: "nobody who is allowed to vouches",
    other_namespace: "nobody who is allowed to vouches",
    no_file: "no file says whose signatures count",
    lost_file: "the file of allowed signers is missing",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_tag_for_which_nobody_vouches_is_refused(
    repo: Path, keys: Callable[[str], Path], attack: Callable[[Path, Callable[[str], Path]], None]
) -> None:
    attack(repo, keys)
    with pytest.raises(AssayError, match=ATTACKS[attack]):
        require_signed(repo, TAG)


@pytest.mark.parametrize("name", ["nowhere", "--help", "", "../heads/main"])
def test_a_tag_that_is_not_there_is_refused(repo: Path, keys: Callable[[str], Path], name: str) -> None:
    with pytest.raises(AssayError, match="no such annotated tag"):
        require_signed(repo, name)


def test_without_a_key_nothing_is_promoted_signed(repo: Path, promote: Promote) -> None:
    before = git(repo, "for-each-ref")
    with pytest.raises(AssayError, match="git cannot sign"):
        promote("main", sign=True)
    assert git(repo, "for-each-ref") == before


def test_a_key_that_git_cannot_use_leaves_nothing_behind(
    repo: Path, promote: Promote, keys: Callable[[str], Path]
) -> None:
    git(repo, "config", "user.signingkey", str(repo / "gone.pub"))
    before = git(repo, "for-each-ref")
    with pytest.raises(AssayError, match="commit-tree failed"):
        promote("main", sign=True)
    assert git(repo, "for-each-ref") == before


def test_a_signed_file_names_its_signer(repo: Path, keys: Callable[[str], Path], tmp_path: Path) -> None:
    file = tmp_path / "a receipt.json"
    file.write_text("{}")
    assert sign_file(repo, file) == tmp_path / "a receipt.json.sig"
    assert signed_content(repo, file) == ("ann@example.org", b"{}")
    file.write_text("{} ")
    with pytest.raises(AssayError, match="not what was signed"):
        signed_content(repo, file)
    git(repo, "config", "user.signingkey", str(keys("eve")))
    sign_file(repo, file)
    with pytest.raises(AssayError, match="nobody who is allowed to has signed it"):
        signed_content(repo, file)
    (tmp_path / "a receipt.json.sig").unlink()
    with pytest.raises(AssayError, match="the file is not signed"):
        signed_content(repo, file)


def test_a_signature_under_a_tag_does_not_count_under_a_file(
    repo: Path, keys: Callable[[str], Path], tmp_path: Path
) -> None:
    file = tmp_path / "x"
    file.write_text("x")
    run("ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(keys("ann")), str(file), folder=tmp_path)
    with pytest.raises(AssayError, match="not what was signed"):
        signed_content(repo, file)
