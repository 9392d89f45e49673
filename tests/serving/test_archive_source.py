"""An archive in service: who moves another one into its place replaces the model."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from assay.bundle.hashes import seal
from assay.errors import AssayError
from assay.export.workspace import exported
from assay.serving import sources
from assay.serving.model import Model
from assay.serving.sources import Archive, Folder, follow, source_of


@pytest.fixture
def archive(line: Path) -> Path:
    Path("model.zip").write_bytes(exported().content)
    return Path("model.zip")


def test_a_file_is_an_archive_and_its_card_comes_along(archive: Path) -> None:
    found = source_of(archive)
    assert isinstance(found, Archive)
    assert isinstance(source_of(Path("models")), Folder)
    assert found.load().card == Path("reports/model_card.md").read_text()
    assert found.load().name["hash"] == Folder(Path("models")).load().name["hash"]


def test_a_file_that_is_gone_has_no_sign(archive: Path) -> None:
    archive.unlink()
    assert Archive(archive).sign() is None
    with pytest.raises(AssayError):
        Archive(archive).load()


def test_another_file_is_followed_and_a_damaged_one_is_not(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "WAIT", 0.01)
    source, swapped, failed = Archive(archive), [], []
    first = source.load().name["hash"]

    async def watch() -> None:
        task = asyncio.create_task(follow(source, swapped.append, lambda: failed.append(True), source.sign()))
        replace(b"damaged")
        await until(lambda: failed)
        Path("models/reference.json").write_text("{}")
        seal(Path("models"))
        replace(exported().content)
        await until(lambda: swapped)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def replace(content: bytes) -> None:
        Path("next.zip").write_bytes(content)
        Path("next.zip").replace(archive)

    async def until(met: object) -> None:
        while not met():  # type: ignore[operator]
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(watch(), 60))
    model: Model = swapped[0]
    assert (len(failed), len(swapped)) == (1, 1)
    assert model.name["hash"] != first
