"""A file for some revisions: which ones it takes, and what it says if it cannot."""

import pytest

from assay.board.export import page
from assay.board.site import UnknownError, here
from assay.errors import AssayError
from board_repository import Repository


@pytest.mark.slow
def test_it_has_only_what_was_asked_for(repository: Repository) -> None:
    text = page(here(repository.root), ["main", "deeper"])
    assert ">deeper<" in text
    assert ">hostile" not in text
    assert "--resamples 2000 main deeper" in text
    assert 'http-equiv="Content-Security-Policy"' in text


def test_one_alone_is_compared_with_nothing(repository: Repository) -> None:
    assert 'id="view-compare"' not in page(here(repository.root), ["deeper"])


def test_an_unknown_name_is_refused(repository: Repository) -> None:
    with pytest.raises(UnknownError, match="nope"):
        page(here(repository.root), ["main", "nope"])


def test_the_workspace_is_refused_with_the_way_to_keep_it(repository: Repository) -> None:
    with pytest.raises(AssayError, match="dvc exp save"):
        page(here(repository.root), ["main", "workspace"])


def test_a_name_of_two_experiments_is_refused(repository: Repository) -> None:
    other = repository.commit({"x": "1"}, "another")
    from assay.git import git

    sha = repository.commit({"params.yaml": repository.text("params.yaml") + "\n"}, "twin")
    git(repository.root, "update-ref", f"refs/exps/{other[:2]}/{other[2:]}/deeper", sha)
    with pytest.raises(AssayError, match="more than one revision"):
        page(here(repository.root), ["deeper"])
