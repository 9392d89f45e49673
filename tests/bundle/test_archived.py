"""Scoring from an archive: the same as from the folder, and code from it runs only if it is trusted."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import assay.datasets
from assay.bundle import code
from assay.bundle.code import Source
from assay.bundle.hashes import seal
from assay.bundle.loading import load
from assay.bundle.packing import pack
from assay.errors import AssayError
from assay.export.workspace import exported
from assay.scoring.scorer import Scorer
from flipped import flip

ARCHIVE = Path("model.zip")
MODELS = Path("models")


@pytest.fixture
def archive(line: Path) -> Path:
    """The archive of the model of the small line."""
    ARCHIVE.write_bytes(exported().content)
    return ARCHIVE


def scores(path: Path, trusted: set[str] = frozenset()) -> list[float]:  # type: ignore[assignment]
    records = pd.read_csv("data/raw/records.csv", dtype=str, keep_default_na=False)
    return Scorer(load(path, trusted=trusted))(records).scores.tolist()


def test_an_archive_is_the_folder(archive: Path) -> None:
    found, folder = load(archive), load(MODELS)
    assert (found.hash, found.data, found.threshold) == (folder.hash, folder.data, folder.threshold)
    assert pd.Series(scores(archive)).equals(pd.Series(scores(MODELS)))
    assert found.card == Path("reports/model_card.md").read_text()
    assert found.knowledge().module is assay.datasets.knowledge(folder.dataset).module


@pytest.mark.parametrize("seed", range(20))
def test_a_flipped_bit_is_found(seed: int, archive: Path) -> None:
    flip(archive, seed)
    with pytest.raises(AssayError):
        load(archive)


@pytest.fixture
def other(archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An archive whose code is not the installed one; the hash of its source."""
    brought = code.installed("thyroid")
    brought["thyroid/features.py"] += b"\n# another version\n"
    source = Source.of(brought)
    description = json.loads((MODELS / "bundle.json").read_text())
    description["code"]["thyroid"] = {"files": source.files, "sha256": source.sha256}
    (MODELS / "bundle.json").write_text(json.dumps(description))
    repack(brought)
    return source.sha256


def repack(brought: dict[str, bytes], change: Callable[[dict[str, bytes]], object] = lambda members: None) -> None:
    """Make the archive anew of the model folder as it is, with this code."""
    seal(MODELS)
    model = {path.as_posix(): path.read_bytes() for path in MODELS.rglob("*") if path.is_file()}
    members = {**model, **{f"code/{Source.of(brought).sha256}/{name}": one for name, one in brought.items()}}
    change(members)
    ARCHIVE.write_bytes(pack(members))


def test_code_that_is_not_installed_runs_only_if_its_hash_is_trusted(other: str, small_line: Path) -> None:
    with pytest.raises(AssayError, match=other) as caught:
        load(ARCHIVE, trusted={"0" * 64})
    assert "assay bundle show FILE --code" in caught.value.todo
    assert pd.Series(scores(ARCHIVE, {other})).equals(pd.Series(scores(small_line / MODELS)))
    assert load(ARCHIVE, trusted={other}).knowledge().module.__name__ == f"assay_code_{other}.thyroid"


def test_the_scores_are_those_of_the_code_that_came_along(archive: Path) -> None:
    before = scores(MODELS)
    changed = code.installed("thyroid")
    changed["thyroid/features.py"] = changed["thyroid/features.py"].replace(b"np.log(", b"0 * np.log(")
    assert Source.of(changed) != Source.of(code.installed("thyroid"))
    source = Source.of(changed)
    description = json.loads((MODELS / "bundle.json").read_text())
    description["code"]["thyroid"] = {"files": source.files, "sha256": source.sha256}
    (MODELS / "bundle.json").write_text(json.dumps(description))
    repack(changed)
    after = scores(ARCHIVE, {source.sha256})
    assert pd.Series(after).isna().equals(pd.Series(before).isna())
    assert after != before


def test_a_machine_without_the_code_takes_it_from_the_archive(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, trusted = scores(MODELS), load(MODELS).description["code"]["thyroid"]["sha256"]
    monkeypatch.setattr(code, "found", lambda plugin: {})
    with pytest.raises(AssayError, match="not trusted"):
        load(archive)
    assert pd.Series(scores(archive, {trusted})).equals(pd.Series(before))


def test_a_folder_brings_no_code_along(other: str) -> None:
    with pytest.raises(AssayError, match="the installed code of thyroid is not that of the training"):
        load(MODELS, trusted={other})


def test_code_that_is_not_in_the_archive_is_missed(archive: Path) -> None:
    repack({"visitor.py": b""})
    with pytest.raises(AssayError, match="no plug-in of the contract has"):
        load(archive)
    repack({"visitor.py": b""}, lambda members: [members.pop(one) for one in list(members) if "visitor" in one])
    with pytest.raises(AssayError, match="the code of thyroid that it states is not in it"):
        load(archive)


def with_another_version(description: dict[str, Any]) -> None:
    """An archive with this bundle.json, and code that is not the installed one."""
    (MODELS / "bundle.json").write_text(json.dumps(description))
    changed = code.installed("thyroid")
    changed["thyroid/features.py"] += b"\n# another version\n"
    repack(changed)


def test_code_that_states_other_files_is_refused(other: str) -> None:
    description = json.loads((MODELS / "bundle.json").read_text())
    description["code"]["thyroid"]["files"]["thyroid/rule.py"] = sha256(b"other").hexdigest()
    with_another_version(description)
    with pytest.raises(AssayError, match="is not in it"):
        load(ARCHIVE, trusted={other})


def test_a_hand_rule_never_runs_with_other_code(other: str) -> None:
    description = json.loads((MODELS / "bundle.json").read_text())
    description["model"] = {"name": "x", "members": {"rule": {"_target_": "assay.modelling.zoo.RuleClassifier"}}}
    with_another_version(description)
    with pytest.raises(AssayError, match="a hand rule runs only the installed code"):
        load(ARCHIVE, trusted={other})


def test_an_archive_of_a_model_folder_of_another_release_is_refused(archive: Path) -> None:
    (MODELS / "bundle.json").write_text('{"format": 99}')
    repack({})
    with pytest.raises(AssayError, match="reads format 1") as caught:
        load(archive)
    assert str(archive) in caught.value.where


def test_an_archive_needs_no_clone(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, place = load(archive).hash, tmp_path / "alone"
    place.mkdir()
    shutil.copy(archive, place)
    monkeypatch.chdir(place)
    assert load(ARCHIVE).hash == expected
