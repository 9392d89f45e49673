"""Every writer of Markdown and HTML, given texts from outside wherever it takes one."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from assay.budget import page as budget_page
from assay.choose import page as choice_page
from assay.compare import relabelled, show
from assay.compare.changes import Changes
from assay.compare.page import Page as Compared
from assay.compare.paired import Plan, compare
from assay.config.schema import Cost
from assay.presentation.markdown import Markdown, quoted
from assay.proof import pull_request, verify
from assay.readiness import page as readiness_page
from assay.readiness.costs import Prices
from assay.sweep import command as sweeping
from assay.sweep.folder import Setting
from assay.sweep.log import FAILED, Entry
from assay.text import visible
from choice_samples import called
from hostile import OURS, TEXTS, Page, on_one_line, reached, rendered, squeezed
from readiness_samples import budget, facts

FOLDED = {"details", "summary", "blockquote"}
N = 24


def sides(text: str) -> list[SimpleNamespace]:
    """Two revisions of this name, whose records and predictions have it in their ids."""
    y = np.tile([1, 0, 0, 0], N // 4).astype(bool)
    index = pd.Index([f"{number}{text}" for number in range(N)], name="record_id")
    scores = np.random.default_rng(0).random((2, N)) / 2 + y / 3
    tests = [pd.DataFrame({"label": y, "excluded": "", "score": score}, index=index) for score in scores]
    return [SimpleNamespace(name=text, test=test, threshold=0.5) for test in tests]


def compared(text: str) -> Compared:
    base, head = sides(text)
    groups = pd.DataFrame({text: text}, index=base.test.index)
    plan = Plan(resamples=20)
    changes = Changes(
        params={f"x.{text}": (text, [text]), "y": (None, text)},
        records={"added": 1, "removed": 0, "changed": 1},
        columns={text: 1},
        labels={("healthy", "disease"): 1},
        policies=(text, text),
        unmet=([text], [text]),
        warned=([text], [text]),
    )
    return Compared(text, text, plan, compare(base, head, groups, plan), changes)  # type: ignore[arg-type]


def document(text: str) -> str:
    failed = pull_request.Proof("dvc repro", False, text, quoted(text))
    difference = pull_request.table_of([text], [[text]])
    one = pull_request.PullRequest(text, text, [failed], True, None, text, difference, difference)
    return pull_request.document(one)


def whole_document(text: str) -> str:
    one = pull_request.PullRequest(text, text, [], True, compared(text), text, Markdown(), Markdown())
    return pull_request.document(one)


def receipt(text: str) -> Markdown:
    outputs = [verify.Output(text, text, text, text[1:])]
    return verify.as_markdown(verify.Receipt("0" * 40, 1.0, outputs, [text], {text: (None, 1.0)}))


def labels(text: str) -> Markdown:
    index = pd.Index([text], name="record_id")
    columns = {"policy": text, "policy_version": 1, "excluded": "", "decided_by": "disputed", "annotators": text}
    before, after = (
        pd.DataFrame({**columns, "label": label, "code": code, "code_in_force": code}, index=index)
        for label, code in ((True, text), (False, f"{text}!"))
    )
    base, head = (SimpleNamespace(name=text, labels=table) for table in (before, after))
    return relabelled.as_markdown(relabelled.relabelled(base, head))  # type: ignore[arg-type]


def sweep(text: str) -> Markdown:
    failed = Entry(text, FAILED, [text], "0", error=text, log=text)
    return sweeping.summary(Setting("depth", Path(), "0", Path(), 1), {text: failed}, [])


MARKDOWN = {
    "comparison": lambda text: show.as_markdown(compared(text)),
    "pull request without comparison": document,
    "pull request": whole_document,
    "receipt": receipt,
    "labels": labels,
    "sweep": sweep,
    "budget": lambda text: budget_page.as_markdown(budget(text), Cost()),
    "readiness": lambda text: readiness_page.as_markdown(readiness_page.page(facts(text), Prices())),
    "choice": lambda text: choice_page.sentence(called(text)) + "\n\n" + choice_page.candidates_table(called(text)),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("writer", MARKDOWN)
def test_markdown_shows_the_text_and_nothing_comes_of_it(writer: str, name: str) -> None:
    source = MARKDOWN[writer](TEXTS[name])
    page = rendered(source)
    assert set(page.tags) <= OURS | FOLDED
    assert [pair for pair in page.attributes if pair[0] != "open"] == []
    assert reached(source) == []
    assert squeezed(on_one_line(TEXTS[name])) in page.text
    assert visible(source, keep="\n") == source


def test_a_page_shows_the_texts_and_nothing_comes_of_them() -> None:
    everything = " ; ".join(TEXTS.values())
    page, harmless = (Page(show.as_html(compared(text))) for text in (everything, "harmless"))
    assert sorted(page.tags) == sorted(harmless.tags)
    assert [key for key, _ in page.attributes] == [key for key, _ in harmless.attributes]
    assert squeezed(visible(everything, keep="\n")) in page.text
