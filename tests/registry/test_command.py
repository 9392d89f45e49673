"""The commands as they are typed."""

from pathlib import Path

import pytest

from pipeline_copy import warm_python
from registry_repository import Promote, budget, git, model_of, run


def assay(root: Path, *words: str, fails: bool = False) -> str:
    return run(warm_python(), "-m", "assay.cli", *words, folder=root, fails=fails)


@pytest.mark.slow
def test_a_model_goes_in_and_out_of_use(repo: Path) -> None:
    said = assay(repo, "promote")
    assert "### v1.0.0 is in prod" in said
    push = "`git push --atomic origin HEAD 'model@v1.0.0' 'model#prod#1'` here"
    assert f"Others see it after {push}, and then `git fetch --tags` there." in said
    budget(repo, model=model_of(repo, "better"))
    assert "v1.1.0 is in prod" in assay(repo, "promote", "better", "--as-of", "1987-03-01")
    assert "v1.0.0 is in prod" in assay(repo, "rollback", "--reason", "too many | alarms")
    assert "nothing to do" in assay(repo, "promote", "main~3")
    table = assay(repo, "registry")
    assert "| prod | v1.0.0 | thyroid, labels overt |" in table
    assert "too many \\| alarms" in table
    assert "Ann Smith" in table


def test_a_refusal_is_a_table_and_exit_code_1(repo: Path) -> None:
    budget(repo, model=model_of(repo, "missing"))
    said = assay(repo, "promote", "missing", fails=True)
    assert "1 of 17 criteria are not met" in said
    assert "| **not met** | recall | at least 0.9 | 0.851 [0.751, 0.951] | by 0.0488 |" in said
    assert git(repo, "tag", "--list") == ""
    said = assay(repo, "promote", "missing", "--override", "a trial", "--stage", "staging")
    assert "**Overridden**: recall. Reason: a trial" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["promote", "--override", " "], "a reason is needed"),
        (["promote", "--stage", "A b"], "not the name of a stage"),
        (["promote", "--as-of", "tomorrow"], "tomorrow"),
        (["promote", "--bump", "huge"], "huge"),
        (["rollback"], "--reason"),
        (["rollback", "--reason", "x"], "nothing is in prod"),
        (["promote", "--sign"], "git cannot sign"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(repo: Path, words: list[str], message: str) -> None:
    assert message in assay(repo, *words, fails=True)


@pytest.fixture
def tagless(repo: Path, promote: Promote, tmp_path: Path) -> Path:
    """A clone without the tags of what was promoted, as a shallow one of CI."""
    promote("main")
    run("git", "clone", "--quiet", "--no-tags", str(repo), "tagless", folder=tmp_path)
    return tmp_path / "tagless"


@pytest.mark.parametrize("words", [[], ["--stage", "prod"], ["--require-signed"]])
def test_nothing_is_served_where_what_was_decided_is_unknown(tagless: Path, words: list[str]) -> None:
    said = assay(tagless, "serve", "--port", "0", *words, fails=True)
    assert "the log has decisions whose tags are not here" in said
    assert "model@v1.0.0, model#prod#1" in said
    assert "to do: git fetch --tags" in said
    assert "serves models/" not in said


def test_the_registry_of_a_clone_without_tags_names_them(tagless: Path) -> None:
    said = assay(tagless, "registry")
    assert "`model@v1.0.0`, `model#prod#1`. To see what is in use: `git fetch --tags`" in said
    assert "No version is registered" not in said
    git(tagless, "fetch", "--quiet", "--tags")
    assert "| prod | v1.0.0 | thyroid, labels overt |" in assay(tagless, "registry")


def test_an_empty_registry_says_so(repo: Path) -> None:
    assert "No version is registered: assay promote" in assay(repo, "registry")
