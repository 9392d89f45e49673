"""A sealed folder: one changed byte, one file too many or too few is found."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bundle import hashes
from assay.bundle.hashes import HASHES, seal, verify
from assay.errors import AssayError
from flipped import flip


def sealed_folder(folder: Path) -> Path:
    (folder / "one").mkdir(parents=True)
    (folder / "bundle.json").write_text("{}")
    (folder / "one" / "model.txt").write_text("tree")
    seal(folder)
    return folder


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    return sealed_folder(tmp_path / "models")


def refusal(folder: Path) -> str:
    with pytest.raises(AssayError) as caught:
        verify(folder)
    assert caught.value.where.startswith(str(folder))
    assert caught.value.todo
    return caught.value.what


def test_a_whole_folder_has_a_hash_of_its_own(sealed: Path, tmp_path: Path) -> None:
    found = verify(sealed)
    assert set(found.files) == {"bundle.json", "one/model.txt"}
    assert found.files["bundle.json"] == hashlib.sha256(b"{}").hexdigest()
    assert found.hash == verify(sealed_folder(tmp_path / "other")).hash
    (sealed / "bundle.json").write_text("[]")
    seal(sealed)
    assert verify(sealed).hash != found.hash


@pytest.mark.parametrize("seed", range(5))
def test_one_flipped_bit_in_any_file_of_a_model_folder_is_refused(seed: int, line: Path) -> None:
    for path in sorted(path for path in Path("models").rglob("*") if path.is_file()):
        content = path.read_bytes()
        flip(path, seed)
        refusal(Path("models"))
        path.write_bytes(content)
    verify(Path("models"))


def test_every_single_bit_of_the_list_of_hashes_counts(sealed: Path) -> None:
    path = sealed / HASHES
    content = path.read_bytes()
    for place in range(len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            path.write_bytes(changed)
            refusal(sealed)


def listing(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    listed = json.loads((folder / HASHES).read_text())
    changed = change(listed)
    (folder / HASHES).write_text(json.dumps(changed, indent=2, sort_keys=True) + "\n")


def replaced(folder: Path, made: Callable[[Path], object]) -> None:
    path = folder / "bundle.json"
    path.unlink()
    made(path)


DAMAGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no list": (lambda f: (f / HASHES).unlink(), "it has no hashes.json"),
    "a file too few": (lambda f: (f / "bundle.json").unlink(), "missing: bundle.json"),
    "a file too many": (lambda f: (f / "one" / "evil.py").write_text("1"), "does not list this file"),
    "a hidden file too many": (lambda f: (f / ".evil").write_text("1"), "does not list this file"),
    "a compiled file": (lambda f: (f / "__pycache__").mkdir() or (f / "__pycache__/a.pyc").touch(), "does not list"),
    "a list within": (lambda f: (f / "one" / HASHES).write_text("{}"), "does not list this file"),
    "cut short": (lambda f: (f / "one/model.txt").write_text("tre"), "not the file that hashes.json lists"),
    "empty": (lambda f: (f / "one/model.txt").write_text(""), "not the file that hashes.json lists"),
    "a folder for a file": (lambda f: replaced(f, Path.mkdir), "missing: bundle.json"),
    "a link to a folder": (lambda f: (f / "two").symlink_to("one"), "not a file"),
    "a broken link": (lambda f: replaced(f, lambda path: path.symlink_to("nowhere")), "not a file"),
    "a device": (lambda f: replaced(f, lambda path: path.symlink_to("/dev/zero")), "not a file"),
    "a pipe": (lambda f: replaced(f, os.mkfifo), "not a file"),
    "another spelling": (lambda f: (f / HASHES).write_text((f / HASHES).read_text().upper()), "not the hashes"),
    "one line": (lambda f: (f / HASHES).write_text(json.dumps(json.loads((f / HASHES).read_text()))), "not the hashes"),
    "a path out of it": (lambda f: listing(f, lambda known: {**known, "../secret": "0" * 64}), "missing: ../secret"),
    "an absolute path": (
        lambda f: listing(f, lambda known: {**known, "/etc/passwd": "0" * 64}),
        "missing: /etc/passwd",
    ),
    "a number": (lambda f: listing(f, lambda known: {**known, "bundle.json": 1}), "not the hashes"),
    "a short hash": (lambda f: listing(f, lambda known: {**known, "bundle.json": "00"}), "not the hashes"),
    "nothing": (lambda f: listing(f, lambda _: {}), "not the hashes"),
    "a list of names": (lambda f: listing(f, list), "not the hashes"),
    "a name twice": (
        lambda f: (f / HASHES).write_text('{"bundle.json": "a", "bundle.json": "b"}'),
        "stands there twice",
    ),
    "a tower": (lambda f: (f / HASHES).write_text("[" * 100_000), "not JSON"),
    "another file's hash": (
        lambda f: listing(f, lambda known: dict(zip(known, reversed(known.values()), strict=True))),
        "not the file that hashes.json lists",
    ),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_folder_that_is_not_as_listed_is_refused(case: str, sealed: Path) -> None:
    damage, said = DAMAGED[case]
    damage(sealed)
    assert said in refusal(sealed)


def test_a_folder_that_is_too_large_is_not_even_hashed(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashes, "LARGEST", 5)
    monkeypatch.setattr(hashes, "sha256", lambda _: pytest.fail("it was hashed"))
    assert "GiB" in refusal(sealed)


def test_links_to_files_are_followed_as_dvc_makes_them(sealed: Path, tmp_path: Path) -> None:
    cached = tmp_path / "cached"
    (sealed / "bundle.json").rename(cached)
    (sealed / "bundle.json").symlink_to(cached)
    verify(sealed)


def test_a_file_that_changes_after_the_check_is_not_read(sealed: Path) -> None:
    verified = verify(sealed)
    assert verified.read("bundle.json") == b"{}"
    (sealed / "bundle.json").write_text("[]")
    with pytest.raises(AssayError, match="not the file"):
        verified.read("bundle.json")
    with pytest.raises(AssayError, match="missing"):
        verified.read("../bundle.json")


@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_any_other_byte_in_the_model_is_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    folder = sealed_folder(tmp_path_factory.mktemp("any") / "models")
    content = bytearray(b"tree")
    content[place % 4] = byte
    (folder / "one" / "model.txt").write_bytes(content)
    if bytes(content) == b"tree":
        verify(folder)
    else:
        refusal(folder)
