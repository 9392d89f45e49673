"""The parameters of revisions: all values by their dotted keys, what differs, and how that is said in a line."""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from assay.files import yaml_mapping
from assay.lineage.lock import leaves
from assay.untrusted import TOO_DEEP, mapping

SECTION = re.compile(r"^(?=[^\s#-])", re.MULTILINE)  # where a key of the outermost mapping stands
BARE = re.compile(r"[A-Za-z_]\w*:")
NUMBER = re.compile(r"([a-z_]+): (-?(?:0|[1-9]\d*)(?:\.\d+)?)\n")  # the same in JSON, which takes a tenth of the time
MOST_KEPT = 8192  # keys of params.yaml, with what is below them, that are parsed once: experiments differ in a few
LONGEST_VALUE = 40  # letters of a value in a line
Changes = Mapping[str, tuple[Any, Any]]
Menu = Callable[[str, str], Mapping[str, Any] | None]


def read(text: str) -> dict[str, Any]:
    """Every value of a params.yaml by its dotted key; ValueError with the reason if it is no mapping of YAML.

    Each key is parsed by itself, with what is below it, and remembered: that makes the reading of many revisions fifty
    times as fast. A text that is more than rows of keys is parsed whole.
    """
    try:
        found = _by_key(text)
        return leaves(mapping(text)) if found is None else found
    except RecursionError as error:  # rows of keys, each within the one before
        raise ValueError(TOO_DEEP) from error


def _by_key(text: str) -> dict[str, Any] | None:
    """The values of a text, parsed key by key; None if it is more than a row of keys."""
    before, *sections = SECTION.split(text)
    if not sections or any(line.strip() and not line.lstrip().startswith("#") for line in before.splitlines()):
        return None
    try:
        parsed = [_section(section) for section in sections]
    except ValueError:
        return None
    if len({key for key, _ in parsed}) < len(parsed):
        return None
    return {key: value for _, one in parsed for key, value in one.items()}


@lru_cache(MOST_KEPT)
def _section(text: str) -> tuple[str, dict[str, Any]]:
    """A key, and the values below it by dotted key; ValueError if the text is not one key with its value."""
    if number := NUMBER.fullmatch(text):
        key = _name(number[1])
        return key, {key: json.loads(number[2])}
    head, _, below = text.partition("\n")
    lines = below.splitlines(keepends=True)
    if BARE.fullmatch(head) and lines and all(line.startswith("  ") for line in lines):
        inner = _by_key("".join(line[2:] for line in lines))
        if inner:
            key = _name(head.removesuffix(":"))
            return key, {f"{key}.{name}": value for name, value in inner.items()}
    content = mapping(text)
    if len(content) != 1:
        raise ValueError("more than one key")
    (key,) = content
    return str(key), leaves(content)


@lru_cache(MOST_KEPT)
def _name(key: str) -> str:
    """A key as it is spelled in dotted keys: `null` and `true` are no texts."""
    return str(next(iter(yaml_mapping(f"{key}:"))))


def param_changes(base: Mapping[str, Any], head: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The differing values by dotted key, as `dvc params diff` names it; None if a side lacks the key."""
    return changes(leaves(base), leaves(head))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The same of values that have dotted keys already."""
    differ = {key for key, value in after.items() if before.get(key, ...) != value} | (before.keys() - after.keys())
    both = {key: _shown(before.get(key), after.get(key)) for key in sorted(differ)}
    return {key: values for key, values in both.items() if values[0] != values[1]}


def _shown(before: Any, after: Any) -> tuple[Any, Any]:
    """Two values as `dvc params diff` shows them: if both are lists of one item, their items."""
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after) == 1:
        return _shown(before[0], after[0])
    return before, after


def chosen(changed: Changes) -> dict[str, str]:
    """The groups of conf/ of which head has chosen another file, such as model: xgboost."""
    names = {key.removesuffix(".name"): after for key, (_, after) in changed.items() if key.count(".") == 1}
    return {group: after for group, after in names.items() if f"{group}.name" in changed and isinstance(after, str)}


def spelled(changed: Changes, params: Mapping[str, Any], menu: Menu = lambda group, name: None) -> list[str]:
    """The overrides that make the changes, as short as it goes: ["model=xgboost", "model.max_depth=3"].

    params: all parameters of head. menu: the values by dotted key that a file of conf/ sets, by group and name; None if
    there is no such file. What follows from the choice of the file is left out; without the file, all of its group.

    >>> spelled({"model.name": ("lightgbm", "svm"), "model.C": (None, 1), "split.seed": (1, None)}, {"model.C": 1})
    ['model=svm', '~split.seed']
    """
    groups = chosen(changed)
    said = [f"{group}={short(name)}" for group, name in sorted(groups.items())]
    said += [
        f"{group}.{key}={short(params[f'{group}.{key}'])}"
        for group, name in sorted(groups.items())
        for key, value in (menu(group, name) or {}).items()
        if not _follows(value, params.get(f"{group}.{key}", value))
    ]
    others = ((key, after) for key, (_, after) in changed.items() if key.partition(".")[0] not in groups)
    return said + [f"~{key}" if after is None else f"{key}={short(after)}" for key, after in others]


def _follows(written: Any, value: Any) -> bool:
    """Whether a value is what the file of the group says, or is computed there."""
    return written == value or (isinstance(written, str) and "${" in written)


def short(value: Any) -> str:
    """A value as one would type it, cut where it is long.

    >>> short(0.1), short(None), short([1, 2]), short("a" * 50)
    ('0.1', 'null', '[1,2]', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…')
    """
    text = typed(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def typed(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list):
        return f"[{','.join(map(typed, value))}]"
    return str(value)
