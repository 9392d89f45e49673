"""The outputs that dvc.lock and the .dvc files name, in the workspace and in the cache."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assay.doctor.clone import Clone
from assay.doctor.lock import entry
from assay.dvc_internals.objects import DIR, OBJECTS, listed, object_path
from assay.files import files_in, folder_md5, yaml_mapping


@dataclass(frozen=True)
class Out:
    """An output: its path, its MD5 (of a folder: that of its listing, with `.dir`), and whether DVC caches it.

    `made`: a stage made it; if not, a person added it with a .dvc file (`dvc add`).
    """

    path: str
    md5: str
    cached: bool
    made: bool = True

    @property
    def is_folder(self) -> bool:
        return self.md5.endswith(DIR)


def outs(clone: Clone) -> list[Out]:
    """Every output in the clone that has a hash, by path."""
    return [out for out in _named(clone) if _inside(clone, out.path)]


def elsewhere(clone: Clone) -> list[str]:
    """The paths of the outputs that lie outside of the clone, directly or through a link. They are not looked at."""
    return [out.path for out in _named(clone) if not _inside(clone, out.path)]


def _named(clone: Clone) -> list[Out]:
    found = {out.path: out for out in (*_of_stages(clone), *added(clone))}
    return sorted(found.values(), key=lambda out: out.path)


def _inside(clone: Clone, path: str) -> bool:
    root = clone.root.resolve()
    folder = (clone.root / path).parent.resolve()
    return (
        folder.is_relative_to(root) and not folder.is_relative_to(root / ".git") and Path(path).name not in ("", "..")
    )


def _of_stages(clone: Clone) -> Iterator[Out]:
    for name, block in clone.lock.entries.items():
        node = clone.stages.get(name)
        for out in (entry(name, block) or {}).get("outs", []):
            known = node is not None and out["path"] in node.outs
            if out.get("hash") == "md5" and (known or not clone.stages):
                yield Out(out["path"], str(out["md5"]), cached=node is None or out["path"] not in node.in_git)


def added(clone: Clone) -> Iterator[Out]:
    """The files that people added with a .dvc file that git has."""
    for name in sorted(path for path in clone.tracked if path.endswith(".dvc")):
        with suppress(ValueError, KeyError, TypeError):
            content = yaml_mapping(clone.text(name))
            folder = PurePosixPath(name).parent / content.get("wdir", "")
            # Without `hash` it is of DVC 2, whose MD5 is one of text with line feeds.
            found = [out for out in content["outs"] if out.get("hash") == "md5"]
            yield from (Out(str(folder / out["path"]), str(out["md5"]), True, made=False) for out in found)


def address(clone: Clone, md5: str) -> Path:
    """The place of an object in the cache."""
    return object_path(clone.cache, md5)


def objects(clone: Clone) -> dict[Path, str]:
    """Every object of the cache, with the MD5 that its name says."""
    paths = sorted((clone.cache / OBJECTS).glob("??/*"))
    return {path: path.parent.name + path.name for path in paths if not path.name.startswith(".")}


def good(clone: Clone, md5: str) -> bool:
    """Whether the cache has an object, and its bytes are sound."""
    path = address(clone, md5)
    return clone.hashes.of([path]).get(path) == md5.removesuffix(DIR)


def listing(clone: Clone, out: Out) -> dict[str, str] | None:
    """The files of a folder by name, with their MD5, from its hash; None if nothing with this hash can be found."""
    if good(clone, out.md5):
        files = listed(clone.cache, out.md5)
        return {name: md5 for name, md5 in files.items() if _inside(clone, f"{out.path}/{name}")}
    here = present(clone, out.path)
    return here if folder_md5(here) == out.md5 else None


def present(clone: Clone, path: str) -> dict[str, str]:
    """The files of a folder in the workspace by name, with their MD5."""
    folder = clone.root / path
    files = sorted(files_in(folder))
    return {file.relative_to(folder).as_posix(): found for file, found in clone.hashes.of(files).items()}
