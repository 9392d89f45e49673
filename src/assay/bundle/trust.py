"""Which code of the dataset runs with a bundle: the installed one, or that of the archive, if it is trusted."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from assay.bundle import code, importing
from assay.bundle.description import Description
from assay.bundle.hashes import MEND
from assay.bundle.packing import AGAIN
from assay.config.targets import RULE_CLASSIFIER
from assay.errors import AssayError, sample


def require_code(described: Description, where: str) -> None:
    """AssayError unless the installed plug-ins of the contract have the source that the bundle states."""
    require_stated(described, where, MEND)
    require_installed(described, where)


def require_stated(described: Description, where: str, mend: str) -> None:
    """AssayError unless the bundle states the hash of each plug-in that its contract uses."""
    needed, stated = code.plugins(described.config.dataset), described.code
    if needed != sorted(stated):
        what = f"its contract uses the code of {_names(needed)}; it states that of {_names(sorted(stated))}"
        raise AssayError(what, where=where, todo=mend)


def require_installed(described: Description, where: str) -> None:
    """AssayError unless each installed plug-in has the source that the bundle states."""
    for plugin, stated in described.code.items():
        if differing := _differing(code.Source.of(code.installed(plugin)), stated):
            raise AssayError(
                f"the installed code of {plugin} is not that of the training: {sample(differing)}",
                where=where,
                todo="use the code of the revision that trained the model, or train again: dvc repro",
            )


def code_of(
    there: Mapping[str, Mapping[str, bytes]], described: Description, trusted: Collection[str], where: str
) -> Callable[[str], Any] | None:
    """Imports the dataset's code from an archive; None if the installed one is the same, or none is needed.

    there: the code in the archive, by hash. AssayError if it is needed, and not trusted.
    """
    if extra := sorted(set(there) - {stated.sha256 for stated in described.code.values()}):
        raise AssayError(f"code that no plug-in of the contract has: {extra[0]}", where=where, todo=AGAIN)
    sources: dict[str, Mapping[str, bytes]] = {}
    for plugin, stated in described.code.items():
        if stated.sha256 not in there or _differing(code.Source.of(there[stated.sha256]), stated):
            raise AssayError(f"the code of {plugin} that it states is not in it", where=where, todo=AGAIN)
        if not _is_installed(plugin, stated):
            _require_trusted(plugin, stated.sha256, trusted, described, where)
            sources[plugin] = there[stated.sha256]
    path = described.config.dataset.knowledge
    source = sources.get(path.split(".")[2]) if path else None
    return importing.importer(source) if source else None


def _is_installed(plugin: str, stated: code.Source) -> bool:
    found = code.found(plugin)
    return bool(found) and not _differing(code.Source.of(found), stated)


def _require_trusted(plugin: str, sha256: str, trusted: Collection[str], described: Description, where: str) -> None:
    if sha256 not in trusted:
        what = f"the code of {plugin} that came with the model is not the installed one, and not trusted: {sha256}"
        todo = "read it (assay bundle show FILE --code); if you trust it: --trust with this hash, or ASSAY_TRUST"
        raise AssayError(what, where=where, todo=todo)
    if RULE_CLASSIFIER in _texts(described.model):
        what = f"a model that is a hand rule runs only the installed code, and {plugin} is another"
        raise AssayError(what, where=where, todo="install the release that trained it")


def _texts(node: Any) -> Iterator[Any]:
    """Every value of a configuration, at any depth."""
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _texts(value)
    else:
        yield node


def _names(plugins: Sequence[str]) -> str:
    return sample(plugins) or "no plug-in"


def _differing(here: code.Source, stated: code.Source) -> list[str]:
    """The files that differ; the hash of the whole, if it alone does."""
    names = sorted({*here.files, *stated.files})
    differing = [name for name in names if here.files.get(name) != stated.files.get(name)]
    return differing or ([stated.sha256] if here.sha256 != stated.sha256 else [])
