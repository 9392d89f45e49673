"""An archive of a model: written in one way only, and read only if every byte is as it was written."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bundle import packing
from assay.bundle.code import Source
from assay.bundle.hashes import HASHES, text
from assay.bundle.packing import MANIFEST, pack, unpack
from assay.errors import AssayError

CODE = {"visitor.py": b"x = 1"}
Members = dict[str, bytes]


def members() -> Members:
    """The members of a tiny archive."""
    model = {"bundle.json": b"{}", "one/model.txt": b"tree"}
    listed = text({name: sha256(content).hexdigest() for name, content in model.items()})
    return {
        **{f"models/{name}": content for name, content in model.items()},
        f"models/{HASHES}": listed,
        "reports/model_card.md": b"# Card",
        f"code/{Source.of(CODE).sha256}/visitor.py": CODE["visitor.py"],
    }


def zipped(found: Members, how: Callable[[zipfile.ZipFile, str, bytes], object] | None = None) -> bytes:
    """A zip as any program may write it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in found.items():
            (how or zipfile.ZipFile.writestr)(archive, name, content)
    return target.getvalue()


def whole() -> Members:
    """The members of a tiny archive with its manifest."""
    with zipfile.ZipFile(io.BytesIO(pack(members()))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def again(found: Members) -> bytes:
    """An archive of these members whose manifest agrees with them."""
    listed = {name: sha256(content).hexdigest() for name, content in found.items() if name != MANIFEST}
    others = {name: content for name, content in sorted(found.items()) if name != MANIFEST}
    return packing._zipped({MANIFEST: text({"format": packing.FORMAT, "members": listed}), **others})


def refusal(path: Path, content: bytes) -> AssayError:
    path.write_bytes(content)
    with pytest.raises(AssayError) as caught:
        unpack(path)
    assert caught.value.todo
    assert str(path) in caught.value.where
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.zip"


def test_what_was_packed_comes_out(path: Path) -> None:
    path.write_bytes(pack(members()))
    found = unpack(path)
    assert found.model.read("one/model.txt") == b"tree"
    assert found.model.hash == sha256(members()[f"models/{HASHES}"]).hexdigest()
    assert found.code == {Source.of(CODE).sha256: CODE}
    assert found.card == "# Card"
    assert found.sha256 == sha256(path.read_bytes()).hexdigest()


def test_the_same_members_in_any_order_give_the_same_bytes() -> None:
    assert pack(dict(reversed(members().items()))) == pack(members())


def test_every_python_writes_these_bytes() -> None:
    """Else an archive that one has written would be refused by another."""
    assert sha256(pack(members())).hexdigest() == "8cde04a849bbfca79ec6d38784c413e7a7a1d686c0c1e2a6742e6aa771ba9a26"


def test_any_zip_program_reads_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(pack(members()))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    assert (tmp_path / "models/one/model.txt").read_bytes() == b"tree"
    stated = json.loads((tmp_path / MANIFEST).read_text())["members"]
    assert all(sha256((tmp_path / name).read_bytes()).hexdigest() == one for name, one in stated.items())


def test_each_changed_byte_is_found(path: Path) -> None:
    content = pack(members())
    draw = random.Random(0)
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= draw.randrange(1, 256)
        refusal(path, bytes(changed))


@given(cut=st.integers(0, 10_000), tail=st.binary(max_size=40))
def test_an_archive_cut_short_or_with_a_tail_is_refused(
    cut: int, tail: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content, path = pack(members()), tmp_path_factory.mktemp("cut") / "model.zip"
    changed = content[: cut % (len(content) + 1)] + tail
    if changed != content:
        refusal(path, changed)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    refusal(tmp_path_factory.mktemp("any") / "model.zip", content)


def linked(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = (0o120777 if name.endswith("card.md") else 0o100644) << 16
    archive.writestr(info, content)


def compressed(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(name, content, zipfile.ZIP_DEFLATED)


def renamed(name: str) -> Members:
    return {**whole(), name: b"x"}


BOMB = {**whole(), "models/bomb": b"\0" * (1 << 22)}
ODD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not an archive"),
    "an empty archive": (lambda: zipped({}), "it has no manifest.json"),
    "text": (lambda: b"PK is no archive", "not an archive"),
    "another program's": (lambda: zipped(whole()), "not an archive as"),
    "compressed": (lambda: zipped(whole(), compressed), "compressed members"),
    "a bomb": (lambda: zipped(BOMB, compressed), "compressed members"),
    "a link": (lambda: zipped(whole(), linked), "not an archive as"),
    "a member twice": (lambda: _twice("models/bundle.json"), "two members"),
    "names that differ in case": (lambda: zipped(renamed("Models/bundle.json")), "two members"),
    "a file and a folder": (lambda: zipped(renamed("models/bundle.json/x")), "a member and a folder"),
    "a file and a folder of another case": (lambda: zipped(renamed("MODELS")), "a member and a folder"),
    "a folder": (lambda: zipped({**whole(), "models/": b""}), "not allowed: 'models/'"),
    "above": (lambda: zipped(renamed("../evil")), "not allowed: '../evil'"),
    "above from within": (lambda: zipped(renamed("models/../../evil")), "not allowed"),
    "absolute": (lambda: zipped(renamed("/etc/cron.d/evil")), "not allowed"),
    "a drive": (lambda: zipped(renamed("C:/evil")), "not allowed"),
    "a backslash": (lambda: zipped(renamed("models\\evil")), "not allowed"),
    "a hidden file": (lambda: zipped(renamed("models/.evil")), "not allowed"),
    "a line's end": (lambda: zipped(renamed("models/x\n")), "not allowed"),
    "a long name": (lambda: zipped(renamed("models/" + "x" * 300)), "not allowed"),
    "no manifest": (lambda: packing._zipped(members()), "it has no manifest.json"),
    "not listed": (lambda: packing._zipped(renamed("models/zzz")), "but not both: models/zzz"),
    "listed, not there": (lambda: packing._zipped(_without("reports/model_card.md")), "but not both"),
    "other bytes": (lambda: packing._zipped({**whole(), "models/bundle.json": b"[]"}), "another file than"),
    "of no model": (lambda: again(renamed("evil.py")), "belongs to no model: evil.py"),
    "another report": (lambda: again(renamed("reports/evil.html")), "belongs to no model"),
    "a list of hashes that differs": (lambda: again({**whole(), "models/bundle.json": b"[]"}), "hashes.json lists"),
    "a file too many in the model": (lambda: again(renamed("models/evil")), "does not list this file"),
    "no list of hashes": (lambda: again(_without(f"models/{HASHES}")), "no bundle"),
    "code of another hash": (lambda: again(renamed(f"code/{'0' * 64}/visitor.py")), "another hash"),
    "code more than hashed": (lambda: again(renamed(f"code/{Source.of(CODE).sha256}/evil.py")), "another hash"),
    "code without a folder": (lambda: again(renamed("code/evil.py")), "another hash"),
    "another order": (lambda: packing._zipped(dict(reversed(whole().items()))), "another order"),
    "another format": (lambda: packing._zipped({**whole(), MANIFEST: b'{"format": 2}'}), "reads format 1"),
    "a manifest in another form": (lambda: packing._zipped({**whole(), MANIFEST: _pressed()}), "is not as"),
    "a list for a manifest": (lambda: packing._zipped({**whole(), MANIFEST: b"[]"}), "of format None"),
    "a tower for a manifest": (lambda: packing._zipped({**whole(), MANIFEST: b"[" * 100_000}), "not JSON"),
    "members that are none": (
        lambda: packing._zipped({**whole(), MANIFEST: text({"format": 1, "members": [1]})}),
        "is not as",
    ),
    "a manifest with more to say": (
        lambda: packing._zipped({**whole(), MANIFEST: text({**json.loads(whole()[MANIFEST]), "more": 1})}),
        "is not as",
    ),
}


def _without(name: str) -> Members:
    return {one: content for one, content in whole().items() if one != name}


def _pressed() -> bytes:
    return json.dumps(json.loads(whole()[MANIFEST])).encode()


def _twice(name: str) -> bytes:
    target = io.BytesIO(zipped(whole()))
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(name, b"other")
    return target.getvalue()


@pytest.mark.parametrize("case", ODD)
def test_what_export_does_not_write_is_refused(case: str, path: Path) -> None:
    made, said = ODD[case]
    assert said in refusal(path, made()).what


def test_members_that_overlap_are_refused(path: Path) -> None:
    """Of a bomb without compression: many names for the same bytes."""
    content = zipped({"models/a": b"x" * 3000, "models/b": b"y"})
    central = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", central + 1)
    end = content.index(b"PK\x05\x06")
    entry = content[central:second]
    more = b"".join(entry.replace(b"models/a", f"models/{letter}".encode()) for letter in "cdefgh")
    tail = bytearray(content[end:])
    tail[8:12] = (8).to_bytes(2, "little") * 2
    tail[12:16] = (end - central + len(more)).to_bytes(4, "little")
    assert "overlap" in refusal(path, content[:end] + more + bytes(tail)).what


def test_limits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = pack(members())
    monkeypatch.setattr(packing, "MOST_MEMBERS", 3)
    assert "more than 3 members" in refusal(path, content).what
    monkeypatch.setattr(packing, "LARGEST", 100)
    assert "MiB" in refusal(path, content).what


@pytest.mark.parametrize(("limit", "what"), [("MOST_MEMBERS", "members"), ("LARGEST", "MiB")])
def test_nothing_is_packed_that_would_not_be_read(limit: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, limit, len(members()))
    with pytest.raises(AssayError, match=what):
        pack(members())


@pytest.mark.parametrize("name", ["models/é", "models/a b", "models/-x", "../x"])
def test_a_name_that_not_every_machine_can_have_is_not_packed(name: str) -> None:
    with pytest.raises(AssayError, match="not allowed"):
        pack({**members(), name: b""})


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(AssayError, match="no such file"):
        unpack(path)
