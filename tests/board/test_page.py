"""The board in a real browser: every view, wide and narrow, by keyboard, live, and as a file."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.board.app import Server
from assay.board.export import page as page_of
from assay.board.site import here
from assay.config.load import load
from assay.errors import AssayError
from assay.labels.ledger import opened as opened_ledger
from assay.review_page.session import session
from board_repository import Repository

pytestmark = pytest.mark.browser

VIEWS = ["", "?test=1", "compare", "parameters", "labels", "models", "watch", "revision/HEAD"]
WIDE, NARROW = 1280, 390
GRAVE = ("serious", "critical")
SLOW = 120_000  # milliseconds for what takes one or two


@pytest.fixture
def opened(browser: Any, serve: Callable) -> Iterator[Callable]:
    """Opens an address in a window of its own; at the end nothing may have gone wrong, and no other host was asked."""
    faults: list[str] = []
    contexts = []

    def open_(address: str, width: int = WIDE, **more: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 860}, **more))
        page = contexts[-1].new_page()
        page.set_default_timeout(SLOW)
        host = "/".join(address.split("/")[:3])
        page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: faults.append(asked.url) if not own(asked.url, host) else None)
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def own(address: str, host: str) -> bool:
    return address.startswith((f"{host}/", "data:", "blob:"))


def ready(page: Any) -> None:
    """Wait for what the page loads after it is shown."""
    while page.locator("[aria-busy]").count():
        page.locator("[aria-busy]").first.wait_for(state="detached")


def names(page: Any) -> list[str]:
    return page.locator("#experiments tbody tr:not(.group):visible th").all_inner_texts()


def compared(repository: Repository) -> str:
    return f"compare?rev={repository.base}&rev={sha(repository, 'worse')}&rev={sha(repository, 'deeper')}"


def sha(repository: Repository, name: str) -> str:
    return next(row.sha for row in here(repository.root).listing().rows if row.name == name)


@pytest.mark.slow
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_view_fits_and_can_be_used_by_all(
    served: Server, repository: Repository, opened: Callable, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(served.address, width, color_scheme="dark" if width == NARROW else "light")
    for view in (*VIEWS, compared(repository)):
        page.goto(served.address + view)
        ready(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        found = axe.run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in GRAVE] == [], view


def test_the_table_is_filtered_sorted_grouped_and_narrowed(served: Server, opened: Callable) -> None:
    page = opened(served.address)
    search = page.get_by_label("Filter")
    search.fill("model.num_leaves>18")
    assert sorted(names(page)) == ["deeper", "main", "workspace"]
    search.fill("experiment model.num_leaves<=3")
    assert sorted(names(page)) == ["hostile<b>", "worse"]
    search.fill("kind=experiment")
    page.get_by_role("button", name="Average precision").click()
    head = page.locator("th[data-key=average_precision]")
    assert head.get_attribute("aria-sort") == "descending"
    best = [float(one) for one in cells(page, "average_precision")]
    assert best == sorted(best, reverse=True)
    page.get_by_role("button", name="Name").click()
    assert names(page) == ["deeper", "hostile<b>", "worse"]
    assert page.locator("tr.group").count() == 1
    page.get_by_label("by commit").uncheck()
    assert page.locator("tr.group").count() == 0
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("model.num_leaves", exact=True).check()
    page.get_by_label("Precision", exact=True).uncheck()
    assert page.locator("th[data-key='model.num_leaves']").is_visible()
    assert page.locator("th[data-key=precision]").is_hidden()
    page.reload()
    assert names(page) == ["deeper", "hostile<b>", "worse"]
    assert page.locator("th[data-key='model.num_leaves']").is_visible()


def cells(page: Any, key: str) -> list[str]:
    place = page.locator("#experiments th[data-key]").evaluate_all(
        "(heads, key) => heads.findIndex(head => head.dataset.key === key) + 2", key
    )
    return page.locator(f"#experiments tbody tr:not(.group):visible > :nth-child({place})").evaluate_all(
        "all => all.map(one => one.dataset.v ?? one.textContent)"
    )


def test_what_is_shown_is_written_as_csv(served: Server, opened: Callable, tmp_path: Path) -> None:
    page = opened(served.address)
    page.get_by_label("Filter").fill("kind=experiment")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert [row["name"] for row in rows] == names(page)
    assert [row["average_precision"] for row in rows] == cells(page, "average_precision")
    assert {"average_precision_low", "average_precision_high"} <= rows[0].keys()


@pytest.mark.slow
def test_by_keyboard_alone_two_rows_are_compared(served: Server, repository: Repository, opened: Callable) -> None:
    page = opened(served.address)
    page.keyboard.press("/")
    page.keyboard.type("kind=experiment")
    page.keyboard.press("Escape")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.get_by_role("button", name="Compare 2 chosen").is_enabled()
    page.keyboard.press("c")
    page.get_by_role("heading", name="Compare", exact=True).wait_for()
    ready(page)
    assert page.get_by_text("records in common").count() == 1
    page.go_back()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").is_hidden()


@pytest.mark.slow
def test_a_new_experiment_appears_while_somebody_looks(
    served: Server, repository: Repository, opened: Callable
) -> None:
    page = opened(served.address)
    page.get_by_label("Choose deeper").check()
    page.get_by_label("Choose main").check()
    page.get_by_label("Filter").fill("experiment")
    repository.experiment("arrived", {"model.num_leaves": 7})
    page.get_by_role("link", name="arrived").wait_for()
    assert page.get_by_label("Choose deeper").is_checked()
    assert page.get_by_label("Filter").input_value() == "experiment"
    page.get_by_role("button", name="Compare 2 chosen").click()
    page.get_by_role("heading", name="Compare", exact=True).wait_for()
    assert "base: deeper against main" in page.locator("main").inner_text(), "the one that was chosen first"
    ready(page)


@pytest.mark.slow
def test_the_button_says_how_many_of_the_chosen_are_compared(
    served: Server, repository: Repository, opened: Callable
) -> None:
    for number in range(6):
        repository.experiment(f"try-{number}", {"model.num_leaves": 2 + number})
    page = opened(served.address)
    for name in ("workspace", "main", *(f"try-{number}" for number in range(5))):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Compare the first 6 of 7 chosen").click()
    page.get_by_text("Not compared: try-4.").wait_for()
    ready(page)
    assert page.get_by_text("records in common").count() == 5
    assert page.get_by_text("could not be had").count() == 0


@pytest.mark.slow
def test_a_page_that_can_no_longer_follow_says_so(
    repository: Repository, serve: Callable, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in a window of `opened`: a request that fails is an error in the console."""
    server = serve(Server(here(repository.root)))
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(server.address)
    alert = page.locator("#said.alert")
    with monkeypatch.context() as patch:
        patch.setattr(server.source, "fingerprint", refusing)
        alert.get_by_text("What is shown may be out of date. the disk is full").wait_for()
        assert alert.is_visible()
    alert.wait_for(state="detached")
    page.route("**/state", lambda route: route.abort())
    alert.get_by_text("The board does not answer: start it again with assay board").wait_for()
    context.close()


def refusing() -> str:
    raise AssayError("the disk is full")


def test_a_command_is_copied(served: Server, repository: Repository, opened: Callable) -> None:
    page = opened(
        f"{served.address}revision/{sha(repository, 'deeper')}", permissions=["clipboard-read", "clipboard-write"]
    )
    page.get_by_role("button", name="Copy: dvc exp apply deeper").click()
    page.get_by_text("Copied", exact=True).first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "dvc exp apply deeper"


def test_labels_are_decided_on_from_the_board(repository: Repository, serve: Callable, opened: Callable) -> None:
    reviewing = session(load(), "ann", "annotator")
    server = serve(Server(here(repository.root, reviewing=True), 0, reviewing))
    page = opened(f"{server.address}labels")
    page.get_by_role("link", name="Decide on the next record").click()
    record = page.locator("#record:not(:empty)").inner_text()
    page.keyboard.press("1")
    page.locator("#status", has_text=f"{record}: ").wait_for()
    page.goto(f"{server.address}labels")
    page.get_by_role("link", name=record).click()
    page.get_by_role("heading", name=f"History of {record}").wait_for()
    (decision,) = opened_ledger(load().dataset, None).read()
    assert (decision.record_id, decision.annotator) == (record, "ann")


@pytest.mark.slow
def test_a_thousand_experiments_are_shown_step_by_step(
    repository: Repository, serve: Callable, opened: Callable
) -> None:
    repository.many(1000)
    server = serve(Server(here(repository.root)))
    page = opened(server.address)
    assert len(names(page)) == 200
    page.get_by_role("button", name="Show more").click()
    assert len(names(page)) == 400
    page.get_by_label("Filter").fill("many-99")
    assert len(names(page)) == 11
    page.goto(f"{server.address}parameters")
    assert page.get_by_role("img", name="Search history. 1003 experiments; the best:").count() == 1


@pytest.mark.slow
def test_a_file_needs_no_server_and_says_the_same(repository: Repository, opened: Callable, tmp_path: Path) -> None:
    path = tmp_path / "board.html"
    path.write_text(page_of(here(repository.root), ["main", "worse", "hostile<b>"]))
    page = opened(path.as_uri(), NARROW)
    assert sorted(names(page)) == ["hostile<b>", "main", "worse"]
    assert page.get_by_text("<img src=x onerror=alert(1)>").count() > 1
    assert page.locator("img").count() == 0
    assert page.get_by_text("worse: average precision decides").count() == 1
    page.get_by_role("link", name="worse").first.click()
    assert page.get_by_role("heading", name="worse", exact=True).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
