"""The workflows: each calls a script and nothing else; that of a pull request keeps to one comment."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.proof.pull_request import FOLDER, Proof, PullRequest, document
from samples import ROOT

WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/experiment.yml").read_text())
JOBS = WORKFLOW["jobs"]
SUITE: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
RETRAIN: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/retrain.yml").read_text())
STEPS = [step for job in JOBS.values() for step in job["steps"]]
BODY = document(PullRequest("main", "1111111", [Proof("assay verify", True, "")], True, None, "no data", "", ""))

# GitHub as far as the script sees it: comments on a pull request, and a file. It gives the comments back.
STAGE = """async ({ script, body, comments }) => {
    const issues = {
        listComments: 'issues/comments',
        createComment: async ({ body }) => comments.push({ id: 9, user: { login: 'github-actions[bot]' }, body }),
        updateComment: async ({ comment_id, body }) => { comments.find(({ id }) => id === comment_id).body = body },
    }
    const github = { rest: { issues }, paginate: async () => comments }
    const context = { repo: { owner: 'o', repo: 'r' }, issue: { number: 7 } }
    const require = () => ({ readFileSync: () => body })
    const run = Object.getPrototypeOf(async () => {}).constructor('github', 'context', 'require', script)
    await run(github, context, require)
    return comments
}"""


def test_it_only_calls_the_script() -> None:
    commands = [step["run"] for step in STEPS if "run" in step]
    assert commands == ["make extras", 'make pr-report BASE="origin/$GITHUB_BASE_REF"']
    assert "\n\tassay pr-report $(BASE)\n" in (ROOT / "Makefile").read_text()


def test_the_suite_runs_on_every_supported_python_and_main_is_verified_each_week() -> None:
    suite, verify = SUITE["jobs"]["suite"], SUITE["jobs"]["verify"]
    assert [step["run"] for step in (*suite["steps"], *verify["steps"]) if "run" in step] == [
        "bash .ci/run",
        "make verify",
    ]
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert requires == f">={suite['strategy']['matrix']['python'][0]}"
    assert set(SUITE[True]) == {"push", "pull_request", "schedule"}
    assert SUITE["permissions"] == {"contents": "read"}


def test_retraining_calls_one_script_and_may_only_push() -> None:
    job = RETRAIN["jobs"]["retrain"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make extras", "bash .ci/retrain"]
    assert (RETRAIN["permissions"], job["permissions"]) == ({}, {"contents": "write"})
    assert job["steps"][0]["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert RETRAIN["concurrency"] == {"group": "retrain", "cancel-in-progress": False}


def test_its_actions_are_githubs_own_by_major_version() -> None:
    of_suite = [step for flow in (SUITE, RETRAIN) for job in flow["jobs"].values() for step in job["steps"]]
    for action in (step["uses"] for step in (*STEPS, *of_suite) if "uses" in step):
        assert action.startswith("actions/")
        assert action.partition("@v")[2].isdigit()


def test_it_has_all_history_and_no_more_rights_than_it_needs() -> None:
    assert WORKFLOW[True] == "pull_request"  # the key `on`, as YAML 1.1 reads it
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "report": {"contents": "read"},
        "comment": {"pull-requests": "write"},
    }
    checkout = JOBS["report"]["steps"][0]["with"]
    assert (checkout["fetch-depth"], checkout["persist-credentials"]) == (0, False)
    assert "head.repo.full_name == github.repository" in JOBS["comment"]["if"]


def test_what_the_script_writes_is_what_is_handed_on() -> None:
    upload = next(step for step in STEPS if "upload-artifact" in step.get("uses", ""))
    assert Path(upload["with"]["path"]) == FOLDER
    assert upload["with"]["include-hidden-files"]
    assert upload["if"] == "always()"


@pytest.mark.browser
def test_one_comment_is_made_and_then_replaced(browser: Any) -> None:
    script = JOBS["comment"]["steps"][-1]["with"]["script"]
    said = [
        {"id": 1, "user": {"login": "somebody"}, "body": BODY},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "another workflow's"},
    ]
    page = browser.new_page()
    once = page.evaluate(STAGE, {"script": script, "body": BODY, "comments": said})
    assert once == [*said, {"id": 9, "user": {"login": "github-actions[bot]"}, "body": BODY}]
    again = page.evaluate(STAGE, {"script": script, "body": BODY + "later", "comments": once})
    assert again == [*said, {**once[-1], "body": BODY + "later"}]
