"""The page in a real browser: a record to a score, by keyboard, with every error at its field."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assay.config.dataset import Column
from assay.serving.model import Model
from assay.web.server import Server
from model_serving import KEY, Given, port, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable]:
    """Opens the page of a service in a window of its own; at the end nothing may have gone wrong in any."""
    faults: list[str] = []
    contexts = []

    def open_(server: Server) -> Any:
        contexts.append(browser.new_context(viewport={"width": 1180, "height": 860}))
        page = contexts[-1].new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(request.url))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(f"http://127.0.0.1:{port(server)}/")
        page.get_by_label("patient id").wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [one for one in faults if "status of 4" not in one] == []  # a refused record is one, and shown


def fill_in(page: Any, good: dict[str, Any], **changes: Any) -> None:
    for name, value in {**good, **changes}.items():
        field = page.locator(f"#field-{name}")
        if isinstance(value, bool):
            field.set_checked(value)
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill("" if value is None else str(value))


def result(page: Any, said: str) -> str:
    box = page.get_by_label("Result", exact=True)
    box.get_by_text(said).first.wait_for()
    return box.inner_text()


def test_a_record_is_filled_in_scored_and_explained(
    service: Server, model: Model, good: dict[str, Any], opened: Callable
) -> None:
    page = opened(service)
    fill_in(page, good, TSH=60, FTI=20)
    page.keyboard.press("Enter")
    said = result(page, "Alert")
    assert f"threshold of {model.bundle.threshold:.3f}" in said
    assert "TSH" in said
    assert model.bundle.hash[:12] in said
    assert page.get_by_role("img").get_attribute("aria-label").startswith("Score 0.")
    fill_in(page, good)
    assert "changed" in result(page, "score it again")
    page.get_by_role("button", name="Score").click()
    assert "below the threshold" in result(page, "No alert")


def test_by_keyboard_alone(service: Server, opened: Callable) -> None:
    page = opened(service)
    assert page.evaluate("document.activeElement.id") == "field-patient_id"
    page.keyboard.type("860101001")
    page.keyboard.press("Enter")
    result(page, "No score")
    reached = {page.evaluate("document.activeElement.name || document.activeElement.id")}
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.id"))
    assert {"TSH", "sex", "pregnant", "TSH_measured", "target", "fill", "clear"} <= reached


def test_an_error_stands_at_its_field(service: Server, good: dict[str, Any], opened: Callable) -> None:
    page = opened(service)
    fill_in(page, good, TSH="1,5", referral_source="")
    page.get_by_role("button", name="Score").click()
    result(page, "No score")
    wrong = page.locator("[aria-invalid=true]")
    assert wrong.evaluate_all("all => all.map(one => one.name)") == ["TSH", "referral_source"]
    page.get_by_label("referral source").select_option("SVI")
    page.get_by_role("button", name="Score").click()
    page.locator("#field-TSH[aria-invalid=true]").wait_for()
    described = page.locator("#field-TSH").get_attribute("aria-describedby").split()
    assert "not a number" in page.locator(f"#{described[0]}").inner_text()
    assert page.evaluate("document.activeElement.id") == "field-TSH"
    fill_in(page, good)
    page.get_by_role("button", name="Score").click()
    result(page, "No alert")
    assert wrong.count() == 0


def test_who_is_outside_the_population_gets_no_score(service: Server, good: dict[str, Any], opened: Callable) -> None:
    page = opened(service)
    page.get_by_role("button", name="Fill in an example").click()
    page.get_by_label("on thyroxine", exact=False).first.check()
    page.get_by_role("button", name="Score").click()
    said = result(page, "No score")
    assert "not made for such a record" in said
    assert "treated: on_thyroxine" in said


def test_every_field_has_a_label_and_optional_ones_say_so(service: Server, model: Model, opened: Callable) -> None:
    page = opened(service)
    for name, column in model.scorer.contract.columns.items():
        field = page.locator(f"#field-{name}")
        label = page.locator(f"label[for=field-{name}]").inner_text()
        assert label.startswith(name.replace("_", " "))
        assert ("(optional)" in label) is column.nullable
        if column.unit:
            described = field.get_attribute("aria-describedby").split()
            assert column.unit in page.locator(f"#{described[1]}").inner_text()
    assert page.locator("#field-TSH").get_attribute("inputmode") == "decimal"
    assert page.get_by_label("Result", exact=True).get_attribute("aria-live") == "polite"


def test_the_key_is_asked_for_and_a_wrong_one_is_told(model: Model, good: dict[str, Any], opened: Callable) -> None:
    with serving(Given(model), key=KEY) as server:
        page = opened(server)
        fill_in(page, good)
        page.get_by_label("API key").fill("a wrong one, but long")
        page.get_by_role("button", name="Score").click()
        result(page, "the key is missing or wrong")
        page.get_by_label("API key").fill(KEY)
        page.get_by_role("button", name="Score").click()
        result(page, "No alert")


def test_hostile_texts_stay_texts(model: Model, good: dict[str, Any], opened: Callable, service: Server) -> None:
    page = opened(service)
    fill_in(page, good, patient_id="<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Score").click()
    result(page, "No score")
    assert page.locator("#result img").count() == 0


HOSTILE = "<img src=x onerror=alert(1)>"


def test_names_and_texts_of_the_contract_are_shown_and_run_nothing(
    model: Model, good: dict[str, Any], opened: Callable
) -> None:
    whole, odd = model.bundle.dataset, Column("text", "check", about=HOSTILE, pattern="[a-z]+")
    columns = {**whole.columns, **dict.fromkeys(["__proto__", "constructor", "a 'b' \"c\"", HOSTILE], odd)}
    hostile = Model(replace(model.bundle, dataset=replace(whole, columns=columns, about=HOSTILE)), HOSTILE)
    with serving(Given(hostile)) as one:
        page = opened(one)
        page.get_by_role("button", name="Fill in an example").click()
        fields = {name: page.locator(f'[name="{name}"]') for name in ("__proto__", "constructor", HOSTILE)}
        assert {field.input_value() for field in fields.values()} == {""}
        fields["__proto__"].fill("NO")
        page.get_by_role("button", name="Score").click()
        assert "proto" in result(page, "No score: the record breaks the contract")
        fields["__proto__"].fill("yes")
        page.get_by_role("button", name="Score").click()
        assert HOSTILE in result(page, "Score 0.")
        assert page.locator("img").count() == 0
