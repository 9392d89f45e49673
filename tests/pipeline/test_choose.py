"""`assay choose`: a decision on a commit, the same bytes however often it was killed, and an experiment that is it."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline_copy import FRESH, Copy, cheapened, listed, wait_for, workers

CHOICE = "choice: {groups: [{name: linear, sets: [['model.C=0.1,100']]}]}\n"
FOLDER = "choices/thyroid-overt-strength"


@pytest.fixture(scope="module")
def asked(line: Copy, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A cheap line of all records, which tell two models apart, and a choice of how strongly its model is held back."""
    copy = line.fork(tmp_path_factory.mktemp("asked") / "asked")
    (copy.path / "conf/choice/strength.yaml").write_text(CHOICE)
    return cheapened(copy)


@pytest.fixture
def choosing(asked: Copy, tmp_path: Path) -> Copy:
    """A copy of it to do things in."""
    return asked.fork(tmp_path / "choosing")


def decision(copy: Copy) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((copy.path / FOLDER).iterdir())}


def killed(copy: Copy, jobs: str, when: Callable[[], object]) -> None:
    """Kill the command, and nothing but it, at a moment; nothing that it has started stays."""
    running = copy.start("assay", "choose", "strength", "-j", jobs)
    wait_for(when)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    wait_for(lambda: not workers(copy.path))


@pytest.mark.slow
def test_a_choice_goes_on_after_it_was_killed_and_what_it_leaves_is_what_it_says(choosing: Copy) -> None:
    kept, written = choosing.path / ".assay/choose", choosing.path / FOLDER / "decision.json"
    with_warm_path = choosing.environment.copy()
    choosing.environment["PATH"] = FRESH
    killed(choosing, "2", lambda: kept.exists() and list(kept.glob("*.npy")))
    assert not written.exists()
    killed(choosing, "1", written.exists)
    before = decision(choosing)
    choosing.environment = with_warm_path
    summary = choosing.run("assay", "choose", "strength").stdout
    assert decision(choosing) == before
    assert "model.C=100 in place of the incumbent" in summary
    (name,) = listed(choosing)
    assert f"dvc exp apply {name}" in summary
    shutil.rmtree(kept)
    (choosing.path / "data/split/test.parquet").write_bytes(b"garbage")  # nobody reads it again
    choosing.run("assay", "choose", "strength", "-j", "1")
    assert decision(choosing) == before
    assert listed(choosing) == [name]
    assert choosing.git_status() == f"?? {FOLDER}/\n"
    in_words = choosing.run("assay", "compare", "HEAD", name, "--resamples", "100").stdout
    assert "model.C" in in_words
    refused = choosing.run("assay", "choose", "strength", "--check", fails=True).stderr
    assert "assay params model.C=100; assay params --keep" in refused
    figures = {one["name"]: one["average_precision"] for one in json.loads(before["decision.json"])["candidates"]}
    assert figures["incumbent"] == of_the_line(choosing)
    choosing.run("dvc", "exp", "apply", name)
    assert figures["model.C=100"] == of_the_line(choosing)


def of_the_line(copy: Copy) -> float:
    """The average precision of the scores that the line gave out of fold."""
    from sklearn.metrics import average_precision_score

    table = pd.read_parquet(copy.path / "data/predictions/out_of_fold.parquet")
    return round(average_precision_score(table["label"], table["score"]), 6)


def unknown(copy: Copy) -> None:
    (copy.path / "conf/choice/strength.yaml").unlink()
    copy.commit("Ask nothing")


def ahead(copy: Copy) -> None:
    """Another split is committed, and has not run."""
    menu = copy.path / "conf/split/temporal.yaml"
    assert "1986-07-01" in menu.read_text()
    menu.write_text(menu.read_text().replace("1986-07-01", "1986-08-01"))
    copy.run("assay", "params")
    copy.commit("Divide later")


def written(path: str, text: str, message: str = "") -> Callable[[Copy], None]:
    def write(copy: Copy) -> None:
        (copy.path / path).write_text(text)
        if message:
            copy.commit(message)

    return write


REFUSED: dict[str, tuple[Callable[[Copy], None], str, str]] = {
    "an unknown choice": (unknown, "no choice 'strength'", "choose one of: models"),
    "a choice that is not committed": (written("conf/choice/other.yaml", CHOICE), "conf/choice/other.yaml", "git add"),
    "a model that is not committed": (written("conf/model/mine.yaml", "name: mine"), "conf/model/mine.yaml", "git add"),
    "a changed file": (written("README.md", "changed"), "a rule that is older than its result", "commit them"),
    "other params": (
        written("params.yaml", "changed: 1", "Change params by hand"),
        "not what conf/ composes to",
        "assay params",
    ),
    "data of another commit": (ahead, "changed since the data were made", "dvc repro"),
}


@pytest.mark.slow
def test_what_cannot_be_judged_is_refused_and_leaves_nothing(choosing: Copy, tmp_path: Path) -> None:
    for number, (change, said, todo) in enumerate(REFUSED.values()):
        copy = choosing.fork(tmp_path / str(number))
        change(copy)
        refused = copy.run("assay", "choose", "strength", fails=True).stderr
        assert said in refused
        assert todo in refused
        assert not (copy.path / FOLDER).exists()
        assert not (copy.path / ".assay/choose").exists()


@pytest.mark.slow
def test_decisions_that_are_not_committed_are_in_no_way(choosing: Copy) -> None:
    """So that a choice that was decided again, and killed, goes on."""
    (choosing.path / FOLDER).mkdir(parents=True)
    (choosing.path / FOLDER / "decision.json").write_text("{}")
    choosing.commit("Decide")
    (choosing.path / "conf/choice/strength.yaml").write_text(CHOICE.replace("0.1,100", "0.1"))
    choosing.commit("Ask another question")
    (choosing.path / FOLDER / "decision.json").write_text("killed here")
    choosing.run("assay", "choose", "strength")
    assert json.loads(decision(choosing)["decision.json"])["chosen"] == "incumbent"
    assert (
        "incumbent, decided on these data, and in use" in choosing.run("assay", "choose", "strength", "--check").stdout
    )
