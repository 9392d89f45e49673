"""Packs the model of the workspace."""

from dataclasses import dataclass
from pathlib import Path

from assay.bundle import code
from assay.bundle.description import Description, read
from assay.bundle.hashes import HASHES, MEND, Verified, verify
from assay.bundle.importing import require_relative
from assay.bundle.packing import CODE, EVIDENCE, pack
from assay.bundle.trust import require_code
from assay.config.names import require_name
from assay.lineage.results import Results
from assay.paths import BUNDLE, MODEL

HASH_DIGITS = 8  # digits of a hash in a file name


@dataclass(frozen=True)
class Export:
    """An archive that is not yet written. name: of its file. left_out: what does not belong to this very model."""

    name: str
    content: bytes
    left_out: list[str]


def exported(folder: Path = MODEL) -> Export:
    """The archive of a model folder, with its card and its figures on the test fold, of the workspace.

    AssayError if the folder is not whole, or the installed code of its dataset is not that of the training.
    """
    model = verify(folder)
    where = model.where(BUNDLE.name)
    _, described = read(model.read(BUNDLE.name), where, MEND)
    require_code(described, where)
    results = Results()
    there = {path.as_posix(): path.read_bytes() for path in EVIDENCE if results.of_model(path, folder)}
    content = pack({**_model(model), **_code(described), **there})
    left_out = [path.as_posix() for path in EVIDENCE if path.as_posix() not in there]
    return Export(_name(described, model.hash), content, left_out)


def _model(model: Verified) -> dict[str, bytes]:
    files = {name: model.read(name) for name in model.files}
    files[HASHES] = (model.folder / HASHES).read_bytes()
    return {f"{MODEL.as_posix()}/{name}": content for name, content in files.items()}


def _code(described: Description) -> dict[str, bytes]:
    """The source of each plug-in, below the hash of the whole."""
    found: dict[str, bytes] = {}
    for plugin, stated in described.code.items():
        contents = code.installed(plugin)
        require_relative(contents)
        found |= {f"{CODE}/{stated.sha256}/{path}": content for path, content in contents.items()}
    return found


def _name(described: Description, digest: str) -> str:
    config = described.config
    parts = (require_name(one, "bundle.json") for one in (config.dataset.name, config.labels.name))
    return "-".join([*parts, f"{digest[:HASH_DIGITS]}.zip"])
