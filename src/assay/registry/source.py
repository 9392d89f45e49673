"""Serves what is in a stage of the registry, and what is put there later."""

from pathlib import Path

from assay.bundle.loading import load
from assay.errors import AssayError
from assay.git import content
from assay.paths import MODEL_CARD
from assay.registry.signing import require_signed
from assay.registry.tags import require_stage, tags
from assay.registry.version import assigned, fetched
from assay.serving.model import Model


class InStage:
    """The champion of a stage, as `assay.serving.sources.Source` has it. root: the clone, and the current folder.

    signers: whose signatures count, a file of allowed signers; `signed`: serve only what one of them vouches for.
    """

    def __init__(self, root: Path, stage: str, signers: Path | None = None, *, signed: bool = False) -> None:
        self.root, self.stage, self.signers, self.signed = root, require_stage(stage), signers, signed

    def sign(self) -> object:
        """The tag that says what is in the stage, and its hash: a tag that was moved is another one."""
        try:
            tag = tags(self.root).champion(self.stage)
        except (AssayError, OSError):  # such as while git rewrites its references, or the clone is not mounted
            return None
        return (tag.name, tag.object) if tag else None

    def load(self) -> Model:
        """The champion; AssayError if there is none, nobody vouches for it, or its bytes are not to be had."""
        every = tags(self.root)
        tag = every.champion(self.stage)
        if tag is None:
            todo = "assay promote; or serve models/ as it is: --bundle models"
            raise AssayError("no version of the model is in the stage", where=self.stage, todo=todo)
        if self.signed:
            require_signed(self.root, tag.name, self.signers, tag.object)
        version = assigned(self.root, every, tag)
        card = content(self.root, version.commit, f"./{MODEL_CARD.as_posix()}")
        return Model(load(fetched(self.root, version)), version.version, card.decode() if card else None)
