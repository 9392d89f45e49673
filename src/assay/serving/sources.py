"""Where the model in service comes from, and when there is a newer one."""

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol

from assay.bundle.hashes import HASHES
from assay.bundle.loading import load
from assay.errors import AssayError, warn
from assay.files import stamp
from assay.serving.model import Model

EVERY = 1.0  # seconds


class Source(Protocol):
    """A place that has a model, which may be replaced while it is in service."""

    def sign(self) -> object:
        """Something that changes when the model does; cheap, and never raises for a model that is being replaced."""

    def load(self) -> Model:
        """The model that is there now; AssayError if it is not whole, or cannot be trusted."""


class Folder:
    """A model folder, such as models/ of the workspace. card: the file of its model card, if there is one."""

    def __init__(self, path: Path, card: Path | None = None) -> None:
        self.path, self.card = path, card

    def sign(self) -> object:
        """The stamp of the file that lists the others."""
        try:
            return stamp(self.path / HASHES)
        except OSError:
            return None

    def load(self) -> Model:
        """The model of the folder, under the folder's name."""
        return Model(load(self.path), self.path.name, self.card.read_text("utf-8") if self.card else None)


class Archive:
    """The file of `assay bundle export`: whoever moves another one into its place replaces the model.

    trusted: the hashes of code that may run, as of `assay.bundle.loading.load`.
    """

    def __init__(self, path: Path, trusted: Collection[str] = ()) -> None:
        self.path, self.trusted = path, trusted

    def sign(self) -> object:
        """The stamp of the file."""
        try:
            return stamp(self.path)
        except OSError:
            return None

    def load(self) -> Model:
        """The model in the file, under the file's name."""
        bundle = load(self.path, trusted=self.trusted)
        return Model(bundle, self.path.stem, bundle.card)


def source_of(path: Path, trusted: Collection[str] = ()) -> Source:
    """A folder, or a file."""
    return Archive(path, trusted) if path.is_file() else Folder(path)


async def follow(source: Source, swap: Callable[[Model], None], failed: Callable[[], None], sign: object) -> None:
    """Swap to each new model of the source, until this is cancelled. One that cannot be loaded is told of, once.

    sign: of the model in service. Loading runs in a thread, so that requests are answered meanwhile.
    """
    while True:
        await asyncio.sleep(EVERY)
        now = await asyncio.to_thread(source.sign)
        if now is None or now == sign:
            continue
        sign = now
        try:
            swap(await asyncio.to_thread(source.load))
        except AssayError as error:
            failed()
            warn(f"the new model is not served, the former one stays: {error}")
