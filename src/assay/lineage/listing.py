"""Updates the code and parameters that dvc.yaml lists for each stage; the rest of the file is written by people.

The code of a stage is listed as its folder of links.
"""

import re
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

from assay.files import read_json
from assay.lineage import links
from assay.lineage.code import dependencies
from assay.lineage.running import UNLISTED


def listed(text: str, unlisted: Mapping[str, list[str]]) -> str:
    """The text of a dvc.yaml with the code of each stage as its imports say, and with these keys among its `params`.

    unlisted: name of a stage to keys of params.yaml that it reads.
    """
    return "".join(_stage(part, unlisted) for part in _parts(text))


def linked(text: str) -> dict[Path, dict[Path, str]]:
    """The folders of links of the stages of a dvc.yaml: each link, and where it leads, as the imports say."""
    names = [name for name in map(_name, _parts(text)) if name]
    return {links.folder(name): links.wanted(name, dependencies(name)[0]) for name in names}


def unlisted() -> dict[str, list[str]]:
    """The keys that each stage has read and that dvc.yaml did not list, as its last run found."""
    return {path.stem: read_json(path) for path in sorted(UNLISTED.glob("*.json"))}


def difference(before: str, after: str) -> str:
    """The lines of dvc.yaml that change."""
    return "\n".join(list(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:])


def _parts(text: str) -> list[str]:
    return re.split(r"(?m)(?=^  \w+:\n)", text)


def _name(part: str) -> str:
    """The name of a stage, if this part of a dvc.yaml is one."""
    found = re.match(r"  (\w+):\n    (?:desc|cmd):", part)
    return found[1] if found else ""


def _stage(text: str, unlisted: Mapping[str, list[str]]) -> str:
    name = _name(text)
    if not name:
        return text
    own = tuple(f"{folder.as_posix()}/" for folder in (links.PACKAGE, links.LINKS))
    deps = [one for one in _items(text, "deps") if not one.startswith(own)]
    _, folders = dependencies(name)
    text = _with_items(text, "deps", [*deps, *(one.as_posix() for one in (*folders, links.folder(name)))])
    keys = unlisted.get(name, [])
    return _with_items(text, "params", sorted({*_items(text, "params"), *keys})) if keys else text


def _items(stage: str, section: str) -> list[str]:
    found = re.search(rf"(?m)^    {section}:\n((?:    - .*\n)*)", stage)
    return re.findall(r"(?m)^    - (.*)$", found[1]) if found else []


def _with_items(stage: str, section: str, items: list[str]) -> str:
    rows = f"    {section}:\n" + "".join(f"    - {one}\n" for one in items)
    if f"    {section}:\n" not in stage:
        return re.sub(r"(?m)(?=^    outs:\n)", rows, stage, count=1)
    return re.sub(rf"(?m)^    {section}:\n(?:    - .*\n)*", lambda _: rows, stage, count=1)
