"""The server: who gets what, what a page may do, and what a board leaves alone."""

import html
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml

from assay.board.app import Server
from assay.board.frame import VIEWS
from assay.board.pairs import RESAMPLES, rows
from assay.board.site import here
from assay.compare.page import compared
from assay.compare.show import as_markdown
from assay.errors import AssayError
from assay.experiments.revisions import revision
from assay.git import git
from assay.statistics.metrics import METRICS
from board_repository import HOSTILE, Repository, changed
from web_serving import ask, get


@pytest.mark.parametrize("view", VIEWS.values())
def test_every_view_is_a_page_that_may_ask_nobody_else(served: Server, view: str) -> None:
    answer = get(served, view)
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in answer.text.replace("http://www.w3.org", "")
    assert "https:" not in answer.text


@pytest.mark.parametrize("path", ["/", "/x/", "/x/state", "/state"])
def test_without_the_token_nothing_is_told(served: Server, path: str) -> None:
    answer = ask(served, f"GET {path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")
    assert answer.status == 404
    assert served.token not in answer.text


def test_another_name_of_this_machine_is_refused(served: Server) -> None:
    answer = ask(served, f"GET /{served.token}/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert answer.status == 421


def test_the_table_has_every_revision(served: Server) -> None:
    text = get(served, "").text
    for name in ("main", "workspace", "deeper", "worse", "hostile&lt;b&gt;"):
        assert f">{name}<" in text
    assert "hostile<b>" not in text


def test_names_and_values_are_texts(served: Server, repository: Repository) -> None:
    rows = {row.name: row.sha for row in here(repository.root).listing().rows}
    for path in ("", "parameters", f"revision/{rows['hostile<b>']}", f"revision/{rows['main']}"):
        text = get(served, path).text
        assert "<img src=x" not in text
        assert "<b>" not in text
    assert "&lt;img src=x" in get(served, f"revision/{rows['hostile<b>']}").text


@pytest.mark.slow
def test_test_figures_stay_behind_a_switch(served: Server) -> None:
    assert 'data-key="test.' not in get(served, "").text
    shown = get(served, "?test=1").text
    assert 'data-key="test.recall"' in shown
    assert "Do not choose by them" in shown
    sha = git(Path(), "rev-parse", "HEAD")
    assert 'aria-label="Criteria"' not in get(served, f"revision/{sha}").text
    assert 'aria-label="Criteria"' in get(served, f"revision/{sha}?test=1").text


def test_a_revision_has_its_stages_files_and_documents(served: Server, repository: Repository) -> None:
    sha = sha_of(repository, "deeper")
    text = get(served, f"revision/{sha}").text
    for command in ("dvc exp apply deeper", "assay params --keep", "assay compare --out-of-fold"):
        assert command in text
    assert "<code>model.num_leaves</code>" in text
    clean = yaml.safe_load(repository.text("dvc.lock"))["stages"]["clean"]
    for file in (*clean["deps"], *(out for out in clean["outs"] if "lineage" not in out["path"])):
        assert f"<code>{file['md5']}</code>" in text
    assert "in the cache" in text
    verdicts = [check["verdict"] for check in json.loads(repository.text("reports/audit.json"))]
    assert f"{len(verdicts)} checks for leaks: {verdicts.count('passed')} passed, " in text
    report = get(served, f"revision/{sha}/file/reports/report.html")
    assert report.text == raw_report(repository)
    assert "sandbox" in report.headers["content-security-policy"]
    assert "script" not in report.headers["content-security-policy"]
    assert "<h1>" in get(served, f"revision/{sha}/card/reports/model_card.md").text


def raw_report(repository: Repository) -> str:
    return repository.text("reports/report.html")


@pytest.mark.parametrize("path", ["dvc.lock", "dvc.yaml", "params.yaml"])
def test_damage_in_the_workspace_hides_no_other_revision(served: Server, repository: Repository, path: str) -> None:
    Path(path).unlink()
    Path(path).write_text("stages: [1")
    assert ">deeper<" in get(served, "").text
    assert "<code>model.num_leaves</code>" in get(served, f"revision/{sha_of(repository, 'deeper')}").text


def sha_of(repository: Repository, name: str) -> str:
    return git(repository.root, "rev-parse", f"refs/exps/{repository.base[:2]}/{repository.base[2:]}/{name}")


@pytest.mark.parametrize(
    "path",
    [
        "revision/nope",
        "revision/-h",
        "revision/HEAD/file/params.yaml",
        "revision/HEAD/file/..%2f..%2fetc%2fpasswd",
        "compare?rev=nope&rev=HEAD",
        "compare?rev=HEAD%00",
        "compare/curves",
    ],
)
def test_what_is_not_there_is_said_on_a_page(served: Server, path: str) -> None:
    answer = get(served, path)
    assert answer.status == 404
    assert "There is no" in answer.text


@pytest.mark.slow
def test_the_workspace_is_compared_as_it_is_now(served: Server, repository: Repository) -> None:
    page = compared(revision("worse"), revision("workspace"), RESAMPLES, out_of_fold=True)
    sha = sha_of(repository, "worse")
    pair = f"compare/pair?base={sha}&head=workspace"
    text = get(served, pair).text
    for row in rows(page.comparison):
        for cell in row:
            assert cell in text
    whole = get(served, f"compare?rev={sha}&rev=workspace").text
    assert f"assay compare --out-of-fold --resamples {RESAMPLES} worse workspace" in whole
    assert "<code>model.num_leaves</code>" in whole
    assert get(served, f"compare/curves?rev={sha}&rev=workspace").status == 200
    assert 'value="workspace"' in get(served, "").text

    Path("params.yaml").write_text(changed(Path("params.yaml").read_text(), {"model.num_leaves": 5}))
    for part in (pair, f"compare/curves?rev={sha}&rev=workspace"):
        answer = get(served, part, **{"Sec-Fetch-Dest": "empty"})
        assert answer.status == 422
        assert "stale, train ran with model.num_leaves=" in answer.text
    assert 'value="workspace"' not in get(served, "").text


def test_a_workspace_that_another_run_changes_meanwhile_is_not_compared(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = here(repository.root)

    def compare(base: str, head: str) -> str:
        lock = Path("dvc.lock")
        lock.write_text(f"{lock.read_text()}# of another run\n")
        return "compared"

    monkeypatch.setattr(site, "_compare", compare)
    with pytest.raises(AssayError, match="changed while it was read"):
        site.compared(repository.base, "workspace")


@pytest.mark.slow
def test_more_than_can_be_told_apart_are_named_and_not_compared(served: Server, repository: Repository) -> None:
    shas = [repository.base, *(repository.experiment(f"try-{n}<b>", {"model.num_leaves": n + 2}) for n in range(8))]
    text = get(served, "compare?" + "&".join(f"rev={sha}" for sha in shas)).text
    assert text.count('data-load="') == 6
    assert "Not compared: try-5&lt;b&gt;, try-6&lt;b&gt;, try-7&lt;b&gt;." in text
    assert "Not compared" not in get(served, "compare?" + "&".join(f"rev={sha}" for sha in shas[:6])).text


@pytest.mark.slow
def test_a_pair_says_what_the_comparison_says(served: Server, repository: Repository) -> None:
    main, worse = revision("main"), revision("worse")
    page = compared(main, worse, RESAMPLES, out_of_fold=True)
    assert page.changes.params.keys() == {"model.num_leaves", "model.learning_rate"}
    shas = {one.name: one.sha for one in (main, worse)}
    text = get(served, f"compare/pair?base={shas['main']}&head={shas['worse']}").text
    for row in rows(page.comparison):
        for cell in row:
            assert cell in text
    assert page.comparison.verdict == "worse"
    said = as_markdown(page)
    assert "records out of fold in common" in said
    assert "Criteria" not in said
    assert 'class="worse">worse</span>' in text
    whole = get(served, f"compare?rev={shas['main']}&rev={shas['worse']}").text
    assert f"assay compare --out-of-fold --resamples {RESAMPLES} main worse" in whole
    assert "<code>model.learning_rate</code>" in whole


def test_figures_are_those_of_the_reports(served: Server, repository: Repository) -> None:
    text = get(served, "").text
    figures = json.loads(repository.text("reports/out_of_fold.json"))
    for metric in METRICS.keys() & figures.keys():
        assert f'data-v="{figures[metric]}"' in text


def test_a_file_that_the_cache_lacks_is_named(served: Server, repository: Repository) -> None:
    shutil.rmtree(".dvc/cache")
    answer = get(served, "compare/pair?base=main&head=HEAD", **{"Sec-Fetch-Dest": "empty"})
    assert answer.status == 422
    assert "is not in the cache" in answer.error
    assert HOSTILE not in answer.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("reports/out_of_fold.json", f'{{"average_precision": 1{"0" * 400}, "recall": 1e999, "\\ud800": 1}}'),
        ("reports/intervals.json", f'{{"recall": [1{"0" * 400}, 2], "precision": [null, "a"]}}'),
        ("reports/verdict.json", '{"findings": [{"criterion": 5, "asked": [1], "value": "x", "verdict": {}}]}'),
        ("reports/audit.json", '[{"code": 1, "title": null, "verdict": [], "findings": [7]}]'),
        ("reports/audit.json", '[{"code": 1, "title": null, "verdict": [], "findings": 7}]'),
        ("params.yaml", "a: &a {b: *a}\n"),
        ("params.yaml", "evaluation: 7\n"),
        ("params.yaml", f"model: {{num_leaves: 1{'0' * 400}}}\n"),
        ("dvc.lock", "stages: {train: {cmd: x, outs: [{path: models, hash: md5, md5: 5}]}}\n"),
        ("dvc.lock", "stages: {train: {cmd: x, outs: [{path: models, hash: md5, md5: ../../../etc/passwd}]}}\n"),
    ],
)
def test_a_damaged_file_of_an_experiment_leaves_every_page_to_be_had(
    served: Server, repository: Repository, path: str, content: str
) -> None:
    sha = repository.commit({path: content}, "damaged")
    git(repository.root, "update-ref", f"refs/exps/{repository.base[:2]}/{repository.base[2:]}/damaged", sha)
    for view in ("?test=1", "parameters", f"revision/{sha}?test=1", f"compare?rev={repository.base}&rev={sha}"):
        assert get(served, view).status == 200, view
    assert ">damaged<" in get(served, "").text
    compared = get(served, f"compare/pair?base={repository.base}&head={sha}")
    assert compared.status == (422 if path in ("params.yaml", "dvc.lock", "reports/verdict.json") else 200)


@pytest.mark.parametrize("name", ["--force", "a;touch", "$(touch)", "a\u202eb"])
def test_a_name_in_a_command_is_one_argument_and_no_option(served: Server, repository: Repository, name: str) -> None:
    sha = repository.experiment(name, {"model.num_leaves": 5})
    command = next(
        html.unescape(one)
        for one in re.findall(r"<code>(.*?)</code>", get(served, f"revision/{sha}").text)
        if one.startswith("dvc exp apply")
    )
    *_, last = words = shlex.split(command)
    assert len(words) == 4
    assert last == (sha[:10] if name == "--force" else name.replace("\u202e", "\\u202e"))
