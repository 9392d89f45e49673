"""The content of a model folder or an archive, to look at before anything of it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.bundle import code
from assay.bundle.description import Description, Figure, read
from assay.bundle.hashes import verify
from assay.bundle.packing import AGAIN, Packed, unpack
from assay.bundle.strict_json import parse
from assay.bundle.summary import summary
from assay.config.load import typed_as
from assay.config.reading import plain
from assay.errors import AssayError
from assay.paths import BUNDLE, REPORTS


@dataclass(frozen=True)
class Inspected:
    """summary: for JSON, see `assay.bundle.summary`. code: the source of the dataset's code by path."""

    summary: dict[str, Any]
    code: Mapping[str, bytes]


def inspect(path: Path) -> Inspected:
    """The content; AssayError unless every file is whole. The code of a folder is the installed one."""
    packed = unpack(path) if path.is_file() else None
    model = packed.model if packed else verify(path)
    _, described = read(model.read(BUNDLE.name), model.where(BUNDLE.name), model.mend)
    found = summary(model, described)
    if packed:
        found |= {"archive_sha256": packed.sha256, "metrics_on_test": _figures(packed, str(path / REPORTS))}
    return Inspected(found, _brought(packed) if packed else _installed(described))


def _figures(packed: Packed, where: str) -> dict[str, dict[str, Any]] | None:
    """Each metric on the test fold with its interval, if they came along."""
    values, intervals = (_evidence(packed, name, where) for name in ("metrics.json", "intervals.json"))
    named = {name: interval for name, interval in intervals.items() if name != "methods"}
    found = {name: {"value": values.get(name), "interval": interval} for name, interval in named.items()}
    try:
        return plain(typed_as(dict[str, Figure], found, "metrics")) or None
    except AssayError as error:
        raise AssayError(f"figures of the test fold that are none: {error.what}", where=where, todo=AGAIN) from error


def _evidence(packed: Packed, name: str, where: str) -> dict[str, Any]:
    """A mapping among the files of reports/; empty if it did not come along."""
    found = parse(packed.evidence[name], f"{where}/{name}", AGAIN) if name in packed.evidence else {}
    if not isinstance(found, dict):
        raise AssayError("not figures by name", where=f"{where}/{name}", todo=AGAIN)
    return found


def _brought(packed: Packed) -> dict[str, bytes]:
    return {f"code/{sha256}/{path}": one for sha256, files in packed.code.items() for path, one in files.items()}


def _installed(described: Description) -> dict[str, bytes]:
    return {path: one for plugin in described.code for path, one in code.installed(plugin).items()}
