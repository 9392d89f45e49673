"""The page in a real browser: the keyboard alone, undo, and nothing that should not be seen."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.config.load import load
from assay.labels.ledger import Ledger
from assay.paths import REVIEW_QUEUE
from assay.review_page.session import Session, session
from assay.tables import read_table
from decisions import CODES
from review_serving import HOSTILE, serving, started

pytestmark = pytest.mark.browser


class Faults(list[str]):
    """What a page complains about."""

    def watch(self, page: Any) -> None:
        page.on("console", lambda said: self.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("requestfailed", lambda request: self.append(request.url))
        page.on("dialog", lambda dialog: self.append(dialog.message))


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable]:
    """Opens the page of a server in a window of its own; at the end nothing may have gone wrong in any."""
    faults, contexts = Faults(), []

    def open_(address: str, width: int = 1180) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 860}))
        page = contexts[-1].new_page()
        faults.watch(page)
        page.goto(address)
        page.locator("#record").wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def press(page: Any, key: str, status: str) -> None:
    """Press a key and wait for what the page says then."""
    page.keyboard.press(key)
    page.locator("#status", has_text=status).wait_for()


def written(folder: Path) -> list[tuple[str, str, str, str]]:
    decisions = Ledger(folder / "annotations/decisions.csv", CODES).read()
    return [(one.annotator, one.record_id, one.code, one.reason) for one in decisions]


def test_keyboard_only(opened: Callable, ann: Session, folder: Path) -> None:
    first, second, third, fourth = read_table(REVIEW_QUEUE)["record_id"].head(4)
    with serving(ann) as server:
        page = opened(server.address)
        assert page.locator("#count").inner_text() == "0 of 210"
        press(page, "2", f"{first}: ")
        page.keyboard.press("r")
        page.keyboard.type("Tall 9, u and s are letters here")
        page.keyboard.press("Enter")
        page.keyboard.press("c")
        page.keyboard.type("F|G")
        press(page, "Enter", f"{second}: F|G")
        press(page, "s", f"{third}: skipped")
        press(page, "1", f"{fourth}: ")
        press(page, "u", f"{fourth}: taken back")
        press(page, "u", f"{second}: taken back")
        assert page.locator("#record").inner_text() == second
        assert page.locator("#count").inner_text() == "1 of 210"
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()
        page.keyboard.press("1")
        page.keyboard.press("Escape")
        assert page.locator("#help").is_hidden()
        page.keyboard.press("Control+1")
        page.reload()
        page.locator("#record", has_text=second).wait_for()
        press(page, "u", f"{first}: taken back")
        press(page, "u", "nothing to take back")
        codes = {one["key"]: one["code"] for one in ann.cards.codes()}
    assert written(folder) == [
        ("ann", first, codes["2"], ""),
        ("ann", second, "F|G", "Tall 9, u and s are letters here"),
        ("ann", fourth, codes["1"], ""),
        ("ann", fourth, "withdrawn", ""),
        ("ann", second, "withdrawn", ""),
        ("ann", first, "withdrawn", ""),
    ]


def test_before_the_decision_nothing_tells_what_a_model_thinks(opened: Callable, ann: Session, folder: Path) -> None:
    with serving(ann) as server:
        page = opened(server.address)
        seen = page.content()
        with page.expect_response("**/*") as answer:
            press(page, "1", ": -")
        for text in (seen, answer.value.text()):
            assert "borderline" not in text
            assert '"suspect' not in text
            assert "score" not in text


def test_texts_from_a_record_are_shown_and_not_run(opened: Callable, ann: Session) -> None:
    with serving(ann) as server:
        page = opened(server.address)
        assert HOSTILE in page.locator("#said").inner_text()
        assert page.locator("img").count() == 0


def test_a_phone_shows_it_without_scrolling_sideways(opened: Callable, ann: Session) -> None:
    with serving(ann) as server:
        page = opened(server.address, width=390)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_two_annotators_and_an_adjudicator(opened: Callable, ann: Session, folder: Path) -> None:
    record = read_table(REVIEW_QUEUE)["record_id"].iloc[0]
    with serving(ann) as one, serving(session(load(), "ben", "annotator")) as other:
        pages = [opened(server.address) for server in (one, other)]
        for page, key, reason in zip(pages, "12", ("within range", "<b>low</b> FTI"), strict=True):
            assert page.locator("#record").inner_text() == record
            assert page.locator("#dispute").is_hidden()
            page.keyboard.press("r")
            page.keyboard.type(reason)
            page.keyboard.press("Escape")
            press(page, key, f"{record}: ")
        assert "ann" not in pages[1].locator("main").inner_text().split()
    with serving(session(load(), "eve", "adjudicator")) as server:
        page = opened(server.address)
        assert page.locator("#record").inner_text() == record
        said = page.locator("#opinions").inner_text()
        assert "within range" in said
        assert "<b>low</b> FTI" in said
        press(page, "3", "All done")
    assert [(who, reason) for who, _, _, reason in written(folder)] == [
        ("ann", "within range"),
        ("ben", "<b>low</b> FTI"),
        ("eve", ""),
    ]


@pytest.mark.slow
def test_two_browsers_at_once_and_a_kill_lose_and_double_nothing(opened: Callable, ann: Session, folder: Path) -> None:
    records = read_table(REVIEW_QUEUE)["record_id"].tolist()[:100]
    servers = {name: started(folder, name) for name in ("ann", "ben")}
    pages = {name: opened(address) for name, (_, address) in servers.items()}
    for number, record in enumerate(records):
        if number == 30:
            servers["ann"][0].kill()
            servers["ann"][0].communicate()
            servers["ann"] = started(folder, "ann")
            pages["ann"].goto(servers["ann"][1])
            pages["ann"].locator("#record", has_text=record).wait_for()
        for page in pages.values():
            page.keyboard.press("1")
        for page in pages.values():
            page.locator("#status", has_text=f"{record}: ").wait_for()
    for process, _ in servers.values():
        process.kill()
        process.communicate()
    code = next(one["code"] for one in ann.cards.codes() if one["key"] == "1")
    assert Counter(written(folder)) == Counter((name, record, code, "") for record in records for name in servers)


def test_when_the_server_is_gone_the_page_says_so_and_keeps_the_record(ann: Session, browser: Any) -> None:
    with serving(ann) as server:
        page = browser.new_context().new_page()
        page.goto(server.address)
        page.locator("#record").wait_for()
        record = page.locator("#record").inner_text()
    press(page, "1", "The server does not answer")
    assert page.locator("#record").inner_text() == record
    page.context.close()
