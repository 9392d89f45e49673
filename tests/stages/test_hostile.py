"""A table of hostile texts through the whole line: each page, card and picture shows them as texts."""

import base64
import re
import shutil
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.config.compose import composed
from assay.files import read_json
from assay.paths import CROISSANT, DATA_CARD, FIGURES, MODEL_CARD, PROFILE_PAGE, REPORT
from assay.text import visible
from hostile import OURS, TEXTS, Page, on_one_line, reached, rendered, squeezed
from hostile_table import CATEGORIES, CATEGORY, COLUMNS, NEGATIVE, POSITIVE, TARGET, hostile_table
from once import made_once
from samples import ROOT, STAGES

WORDS = " ; ".join(TEXTS.values())  # said of the table by whoever describes it
# XGBoost and LightGBM refuse such names.
OVERRIDES = ["dataset=bad", "debug=fast", "model=hist_gbm", "~model@baselines.xgboost", "evaluation.resamples=50"]
PAGE = {"a", "body", "br", "details", "div", "figcaption", "figure", "head", "html", "img", "link", "main", "meta"}
PAGE |= {"nav", "rect", "span", "style", "summary", "svg", "title"}

pytestmark = pytest.mark.slow


def run_hostile_line(folder: Path) -> None:
    folder.mkdir()
    for name in ("LICENSE", "src", "requirements.lock", "dvc.yaml"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("annotations", "conf"):
        shutil.copytree(ROOT / name, folder / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.argv", ["stage"])
        hostile_table().to_csv("bad.csv", index=False)
        given = ["--target", TARGET, "--positive", POSITIVE, "--no-track"]  # there is no git here
        drafted = CliRunner().invoke(app, ["init-dataset", "bad.csv", *given])
        assert drafted.exit_code == 0, drafted.output
        describe(Path("conf/dataset/bad.yaml"))
        Path("params.yaml").write_text(composed(OVERRIDES))
        for stage in ("collect", *STAGES):
            import_module(f"assay.stages.{stage}").main()


def describe(path: Path) -> None:
    """Fill in the words for readers, hostile ones."""
    contract = yaml.safe_load(path.read_text())
    contract["source"].update(citation=WORDS, licence=WORDS, creator=WORDS, url="https://example.org/a_b")
    contract.update(about=WORDS, limits=list(TEXTS.values()), personal_data=WORDS, codes={POSITIVE: WORDS})
    path.write_text(yaml.safe_dump(contract, sort_keys=False))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the line ran."""
    return made_once(tmp_path_factory, "hostile_line", run_hostile_line)


@pytest.mark.parametrize("card", [DATA_CARD, MODEL_CARD])
def test_a_card(reports: Path, card: Path) -> None:
    source = (reports / card).read_text()
    page = rendered(source)
    assert set(page.tags) <= OURS | {"a"}
    links = {value for name, value in page.attributes if name != "href" or not str(value).startswith("#")}
    assert {link for link in links if not re.fullmatch(r"\w+\.(md|json|html)(#\w+)?", str(link))} <= {
        "https://example.org/a_b",
        "language-sh",
        "../choices",
    }
    assert reached(source) == []
    assert visible(source, keep="\n") == source
    names = {*TEXTS.values(), *COLUMNS, CATEGORY, POSITIVE, NEGATIVE, *(CATEGORIES if card == DATA_CARD else ())}
    lost = {
        name
        for name in names
        if squeezed(on_one_line(name)) not in page.text and squeezed(visible(name)) not in page.text
    }
    assert lost == set()


@pytest.mark.parametrize("path", [REPORT, PROFILE_PAGE])
def test_a_page(reports: Path, path: Path) -> None:
    html = (reports / path).read_text()
    page = Page(html)
    assert set(page.tags) <= OURS | PAGE
    assert [name for name, _ in page.attributes if name.startswith("on")] == []
    targets = [str(value) for name, value in page.attributes if name in ("href", "src")]
    assert [target for target in targets if not target.startswith(("#", "data:image/svg+xml;base64,", "data:,"))] == []
    assert visible(html, keep="\n") == html
    assert squeezed(visible(WORDS, keep="\n")) in page.text
    for picture in re.findall(r"base64,([^\"]+)", html):
        ElementTree.fromstring(base64.b64decode(picture))


def test_every_figure_is_well_formed(reports: Path) -> None:
    for figure in (reports / FIGURES).glob("*.svg"):
        ElementTree.fromstring(figure.read_text())


def test_programs_get_every_text_as_it_is(reports: Path) -> None:
    metadata = read_json(reports / CROISSANT)
    assert (metadata["description"], metadata["license"]) == (WORDS, WORDS)
    assert {*COLUMNS, CATEGORY} <= {field["name"] for field in metadata["recordSet"][0]["field"]}


def test_nothing_was_written_elsewhere(reports: Path) -> None:
    made = {path.name for path in reports.iterdir()}
    assert made == {
        *("LICENSE", "src", "requirements.lock", "dvc.yaml", "annotations", "conf", "params.yaml", "bad.csv"),
        *("data", "models", "reports"),
    }
