"""What a model folder or an archive holds, to look at before anything of it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.bundle import code
from assay.bundle.description import Description, read
from assay.bundle.hashes import verify
from assay.bundle.packing import Packed, unpack
from assay.bundle.strict_json import parse
from assay.bundle.summary import summary
from assay.paths import BUNDLE


@dataclass(frozen=True)
class Inspected:
    """summary: for JSON, see `assay.bundle.summary`. code: the source of the dataset's code by path."""

    summary: dict[str, Any]
    code: Mapping[str, bytes]


def inspect(path: Path) -> Inspected:
    """What is there; AssayError unless every file is whole. The code of a folder is the installed one."""
    packed = unpack(path) if path.is_file() else None
    model = packed.model if packed else verify(path)
    _, described = read(model.read(BUNDLE.name), model.where(BUNDLE.name), model.mend)
    found = summary(model, described)
    if packed:
        found |= {"archive_sha256": packed.sha256, "metrics_on_test": _figures(packed)}
    return Inspected(found, _brought(packed) if packed else _installed(described))


def _figures(packed: Packed) -> dict[str, dict[str, Any]] | None:
    """Each metric on the test fold with its interval, if they came along."""
    values, intervals = (
        parse(packed.evidence[name], name) if name in packed.evidence else {}
        for name in ("metrics.json", "intervals.json")
    )
    return {name: {"value": values.get(name), "interval": interval} for name, interval in intervals.items()} or None


def _brought(packed: Packed) -> dict[str, bytes]:
    return {f"code/{sha256}/{path}": one for sha256, files in packed.code.items() for path, one in files.items()}


def _installed(described: Description) -> dict[str, bytes]:
    return {path: one for plugin in described.code for path, one in code.installed(plugin).items()}
