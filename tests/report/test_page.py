"""The report: one page that opens offline, in a real browser, on a desk and on a phone."""

import re
import shutil
from pathlib import Path

import pytest

from assay.paths import REPORT
from samples import forget_statements


@pytest.fixture(scope="module")
def page_file(small_line: Path) -> Path:
    return small_line / REPORT


@pytest.fixture(scope="module")
def html(page_file: Path) -> str:
    return page_file.read_text()


def test_the_page_refers_to_nothing_outside_itself(html: str) -> None:
    assert re.findall(r"""(?:src|href)=["'](?!data:|#)[^"']*""", html) == []
    assert "url(" not in html
    assert "<script" not in html


def test_every_section_is_there_once_and_every_link_leads_to_one(html: str) -> None:
    sections = re.findall(r'id="(\w+)"', html)
    assert len(sections) == len(set(sections))
    assert set(re.findall(r'href="#(\w+)"', html)) <= set(sections)


@pytest.mark.parametrize(
    "said",
    [
        "Calling every person healthy is right in",
        "Of 1000 people",
        "The test fold played no part in it",
        "With and without ungradable records",
        "Near-duplicate records across folds",
        "age range",
        "treated: on_thyroxine",
        "data/features",
        "sha256",
        "num_leaves: 31",
    ],
)
def test_the_page_says(html: str, said: str) -> None:
    assert said in html


def test_texts_from_outside_are_shown_and_not_run(small_line: Path, tmp_path: Path, monkeypatch) -> None:
    import assay.stages.evaluate as evaluate
    from assay.files import read_json, write_json

    shutil.copytree(small_line, tmp_path / "line", symlinks=True)
    monkeypatch.chdir(tmp_path / "line")
    monkeypatch.setattr("sys.argv", ["stage"])
    bundle = read_json(Path("models/bundle.json"))
    bundle["config"]["dataset"]["source"]["citation"] = "<script>alert(1)</script>"
    for entry in bundle["features"]:
        entry["title"] = {"text": f"<script>{entry['name']}</script>", "logarithm": False}
    write_json(Path("models/bundle.json"), bundle)
    forget_statements()
    evaluate.main()
    page = REPORT.read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;script&gt;TSH&lt;/script&gt;" in page


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390], ids=["desk", "phone"])
def test_a_browser_shows_every_figure_offline(browser, page_file: Path, width: int) -> None:
    context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url[:100]))
    page.goto(page_file.as_uri())
    images = page.locator("img")
    assert images.count() == len(list((page_file.parent / "figures").glob("*.svg"))) >= 9  # eight, and a reason's
    for image in images.all():
        image.scroll_into_view_if_needed()
        assert image.is_visible()
        assert image.evaluate("image => image.complete && image.naturalWidth") > 0
        box = image.bounding_box()
        assert box["width"] > 200
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults == []
    context.close()
