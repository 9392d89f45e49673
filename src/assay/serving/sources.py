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
from assay.web.errors import place

WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between two looks; the longest, at a model that cannot be loaded


class Source(Protocol):
    """A place that has a model, which may be replaced while it is in service."""

    def sign(self) -> object:
        """Something that changes when the model does; cheap. None if there is no model at the moment."""

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
        card = self.card.read_text("utf-8") if self.card and self.card.exists() else None
        return Model(load(self.path), self.path.name, card)


def ready(source: Source) -> Model:
    """The model of a source, after it has answered an example; AssayError as of its `load`."""
    model = source.load()
    model.warm()
    return model


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
    """Swap to each new model of the source, until this is cancelled.

    sign: of the model in service. Loading runs in a thread, so that requests are answered meanwhile. A model that
    cannot be loaded is told of once and tried again, ever more seldom, because it may only be half written.
    """
    tried: object = sign
    wait = WAIT
    while True:
        await asyncio.sleep(wait)
        now = await asyncio.to_thread(source.sign)
        if now is None or now == sign:
            wait = WAIT
            continue
        wait = WAIT if now != tried else min(2 * wait, LONGEST_WAIT)
        try:
            swap(await asyncio.to_thread(ready, source))
            sign = now
        except Exception as error:  # whatever is wrong with the new model, the former one is in service
            if now != tried:
                failed()
                why = str(error) if isinstance(error, AssayError) else place(error)
                warn(f"the new model is not served, the former one stays: {why}")
        tried = now
