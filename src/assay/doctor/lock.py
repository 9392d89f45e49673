"""Repairs dvc.lock as text, entry by entry, so that whole entries keep the bytes that DVC wrote.

DVC writes the file in place after each stage. A process that is killed meanwhile leaves it cut. If it is cut inside a
value, no parser reads it. If it is cut at the end of a line, DVC reads a lock of fewer stages, and later adds the
others at the end.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from assay.dvc_internals.objects import DIR
from assay.files import yaml_mapping

HEADER = "schema: '2.0'\nstages:\n"
CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)", re.M)
ENTRY = re.compile(r"^  ([^\s#:'\"-][^:]*):\s*$")
MD5 = re.compile(r"^[0-9a-f]{32}(\.dir)?$")


@dataclass(frozen=True)
class Lock:
    """The text before the entries, the text of each entry by its stage, and the text after them.

    `twice`: the stages that have more than one entry.
    """

    header: str = HEADER
    entries: dict[str, str] = field(default_factory=dict)
    tail: str = ""
    twice: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The file."""
        return self.header + "".join(self.entries.values()) + self.tail if self.entries else ""


def split(text: str) -> Lock:
    """Take a dvc.lock apart. Text before `stages:` and after the entries is kept."""
    before, found, after = text.partition("stages:\n")
    if not found or CONFLICT.search(before):
        return Lock()
    names, blocks, tail = [], [], ""
    for line in after.splitlines(keepends=True):
        if started := ENTRY.match(line):
            names.append(started[1])
            blocks.append(line)
        elif not line.endswith("\n") and len(line) - len(line.lstrip()) <= 2:
            break  # the name of the next stage, cut
        elif tail or not blocks or (line[0] not in " \n" and not CONFLICT.match(line)):
            tail += line
        else:
            blocks[-1] += line
    twice = frozenset(name for name in names if names.count(name) > 1)
    return Lock(before + found, dict(zip(names, blocks, strict=True)), tail, twice)


def entry(name: str, block: str) -> dict[str, Any] | None:
    """The entry of a block; None unless every value in it is there and of its form."""
    if not block.endswith("\n") or CONFLICT.search(block):
        return None
    with suppress(ValueError, KeyError, AttributeError, TypeError):
        content = yaml_mapping(block)[name]
        files = [*content.get("deps", []), *content.get("outs", [])]
        if content.get("cmd") and all(_sound(file) for file in files):
            return content
    return None


def _sound(file: Mapping[str, Any]) -> bool:
    if file.get("hash") != "md5":
        return bool(file.keys() - {"path", "size", "nfiles"})  # of a storage that has hashes of its own
    recorded = str(file.get("md5"))
    folder = recorded.endswith(DIR)
    return bool(MD5.match(recorded)) and isinstance(file.get("size"), int) and (not folder or "nfiles" in file)


@dataclass(frozen=True)
class Mended:
    """A repaired dvc.lock, and what was wrong with it, in words."""

    text: str
    faults: list[str]


def mended(lock: Lock, text: str, head: Lock, merged: Sequence[Lock], outs: Mapping[str, Collection[str]]) -> Mended:
    """Drop the entries that are cut, and take what is missing, and the order, from the commit's lock.

    In a merge (`merged`: the locks of the other sides) an entry that no side has is dropped too: git put it together
    from lines of two entries, and nobody ever ran it. `outs`: the outputs of each stage of dvc.yaml. Stages that the
    commit does not know come last.
    """
    broken = [name for name in lock.entries if not _whole(name, lock, outs)]
    sides = [head, *merged]
    mixed = [
        name
        for name, block in lock.entries.items()
        if merged and name not in broken and all(side.entries.get(name) != block for side in sides)
    ]
    kept = {name: block for name, block in lock.entries.items() if name not in {*broken, *mixed}}
    lacking = [name for name in head.entries if name not in kept and (name in outs or not outs)]
    order = [
        *(name for name in head.entries if name in kept or name in lacking),
        *(name for name in kept if name not in head.entries),
    ]
    gone = [name for name in lacking if name not in lock.entries]
    faults = list(_faults(text, broken, mixed, gone))
    if not faults and order != list(lock.entries):
        faults.append("another order of stages than the commit's")
    entries = {name: kept.get(name) or head.entries[name] for name in order}
    fixed = Lock(lock.header if kept else head.header, entries, "" if CONFLICT.search(lock.tail) else lock.tail).text
    if not faults and fixed != text:
        faults.append("cut short, or lines that belong to no stage")
    return Mended(fixed, faults)


def _faults(text: str, broken: list[str], mixed: list[str], gone: list[str]) -> Iterator[str]:
    """The faults of entries, in words."""
    if CONFLICT.search(text):
        yield "marks of a merge"
    elif broken:
        yield f"cut short or damaged: {', '.join(broken)}"
    if mixed:
        yield f"put together from two sides: {', '.join(mixed)}"
    if gone:
        yield f"without {', '.join(gone)}"


def _whole(name: str, lock: Lock, outs: Mapping[str, Collection[str]]) -> bool:
    content = None if name in lock.twice else entry(name, lock.entries[name])
    if content is None:
        return False
    last = name == next(reversed(lock.entries))
    # The last one can be cut at the end of a line and still be YAML: then outputs are missing.
    return not last or name not in outs or {out["path"] for out in content.get("outs", [])} == set(outs[name])
