"""Secrets are found by their form, never printed, and what only looks like one is left alone."""

import pytest

from assay.doctor.clone import Clone
from assay.doctor.secrets import secrets
from pipeline_copy import Copy
from samples import ROOT

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# Put together here: nothing of that form stands in this file.
SECRETS = [
    ("a.py", "key = '" + "AKIA" + "Q3EGRIYHSJ7K2M4N" + "'\n"),
    ("a.txt", "aws_secret_access_key" + " = " + LETTERS[:40] + "\n"),
    ("a.md", "token " + "ghp" + "_" + LETTERS[:36] + "\n"),
    ("a.md", "github" + "_pat_" + LETTERS + "\n"),
    ("a.sh", "glpat" + "-" + LETTERS[:20] + "\n"),
    ("a.sh", "xoxb" + "-" + LETTERS[:30] + "\n"),
    ("a.js", "AIza" + LETTERS[:35] + "\n"),
    ("a.env", "hf" + "_" + LETTERS[:34] + "\n"),
    ("id_rsa", "-----BEGIN RSA " + "PRIVATE KEY-----\n" + LETTERS[:60] + "\n"),
    ("a.ini", "url = https://ann:" + LETTERS[:12] + "@example.org/x\n"),
    ("conf/a.yaml", "password" + ": correct-horse\n"),
    ("a.json", '{"api' + '_key": "' + LETTERS[:12] + '"}\n'),
    ("a.toml", "auth" + '_token = "' + LETTERS[:12] + '"\n'),
]
HARMLESS = [
    ("a.py", "password: str = read_password()\n"),
    ("a.md", "`access_key_id`, `secret_access_key SECRET`, https://user:pass@host is how to write it\n"),
    ("a.yaml", "password: null\ntoken: ${oc.env:TOKEN}\nsecret: $SECRET_OF_CI\nmin_password_length: 12\n"),
    ("a.yaml", "AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"),
    ("a.ini", "aws_access_key_id = AKIA" + "IOSFODNN7EXAMPLE\n"),
    ("a.txt", "-----BEGIN PUBLIC KEY-----\n"),
    ("a.lock", "--hash=sha256:" + "0123456789abcdef" * 4 + "\n"),
]


@pytest.mark.parametrize(("name", "text"), SECRETS)
def test_a_secret_is_found_and_not_printed(clone: Copy, name: str, text: str) -> None:
    (clone.path / name).write_text(f"first line\n{text}")
    clone.run("git", "add", "--force", name)
    found = list(secrets(Clone(clone.path)))
    assert found
    assert all(finding.where.startswith(f"{name}, line 2") for finding in found), found
    value = max(text.replace('"', " ").replace("@", " ").replace("\n", " ").split(), key=len)
    assert all(value not in f"{finding.what} {finding.where} {finding.todo}" for finding in found)


@pytest.mark.parametrize(("name", "text"), HARMLESS)
def test_what_only_looks_like_one_is_left_alone(clone: Copy, name: str, text: str) -> None:
    (clone.path / name).write_text(text)
    clone.run("git", "add", "--force", name)
    assert list(secrets(Clone(clone.path))) == []


def test_a_file_that_git_has_not_may_hold_one(clone: Copy) -> None:
    (clone.path / ".dvc/config.local").write_text("['remote \"a\"']\n    password = correct-horse\n")
    assert list(secrets(Clone(clone.path))) == []


def test_this_repository_holds_none() -> None:
    assert list(secrets(Clone(ROOT))) == []
