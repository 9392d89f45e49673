"""Model folders whose file is not the one that bundle.json describes: refused before a parser sees it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.bundle.folder import load_model
from assay.errors import AssayError
from assay.files import write_json
from bundle_refusal import described, refusal


@pytest.fixture
def unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test if a parser of models is called."""

    def called(*_: object, **__: object) -> None:
        raise AssertionError("a parser was called")

    monkeypatch.setattr("xgboost.XGBClassifier.load_model", called)
    monkeypatch.setattr("lightgbm.Booster.__init__", called)
    monkeypatch.setattr("skops.io.loads", called)
    monkeypatch.setattr("skops.io.get_untrusted_types", called)
    monkeypatch.setattr("zipfile.ZipFile.__init__", called)


def with_flipped_byte(path: Path, share: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(share * (len(content) - 1))] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 1])
@pytest.mark.parametrize("model", ["xgboost", "lightgbm", "logistic"])
def test_one_flipped_byte_is_refused_before_it_is_parsed(
    model: str, share: float, good: Path, here: Path, unparsed: None
) -> None:
    folder = Path(shutil.copytree(good / model, here / "models"))
    path = next(folder.glob("model.*"))
    with_flipped_byte(path, share)
    assert "not the model that bundle.json describes" in refusal(folder)


def renamed(folder: Path, name: object) -> None:
    described(folder, name=name)


DAMAGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut short": (
        lambda f: (f / "model.skops").write_bytes((f / "model.skops").read_bytes()[:-1]),
        "not the model that",
    ),
    "empty": (lambda f: (f / "model.skops").write_bytes(b""), "not the model that"),
    "another model": (lambda f: (f / "model.skops").write_bytes(b"PK"), "not the model that"),
    "no model": (lambda f: (f / "model.skops").unlink(), "the model file is missing"),
    "a folder": (lambda f: ((f / "model.skops").unlink(), (f / "model.skops").mkdir()), "the model file is missing"),
    "a model too many": (lambda f: (f / "model.ubj").write_bytes(b"evil"), "a second model beside model.skops"),
    "no hash": (lambda f: described(f, md5=None), "not the model that"),
    "another hash": (lambda f: described(f, md5="0" * 32), "not the model that"),
    "a pickle": (lambda f: renamed(f, "model.pkl"), "names no model file: 'model.pkl'"),
    "a path": (lambda f: renamed(f, "../models/model.skops"), "names no model file: '../models/model.skops'"),
    "an absolute path": (lambda f: renamed(f, str(f.absolute() / "model.skops")), "names no model file"),
    "the other format": (lambda f: renamed(f, "model.ubj"), "a second model beside model.ubj"),
    "no name": (lambda f: renamed(f, ["model.skops"]), "names no model file"),
    "no file": (lambda f: write_json(f / "bundle.json", {}), "names no model file"),
    "no mapping": (lambda f: write_json(f / "bundle.json", [1]), "names no model file"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_folder_that_is_not_as_described_is_refused_before_it_is_parsed(
    case: str, bundle: Path, unparsed: None
) -> None:
    damage, said = DAMAGED[case]
    damage(bundle)
    assert said in refusal(bundle)


@pytest.mark.parametrize("content", [None, "", "{", "[" * 100_000, "\udcff"])
def test_a_description_that_is_none_is_refused(content: str | None, bundle: Path) -> None:
    path = bundle / "bundle.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(AssayError, match=r"bundle\.json(.|\n)*dvc (repro|checkout)"):
        load_model(bundle)
