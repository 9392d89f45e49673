"""Keeps an experiment: writes the values of params.yaml that differ from conf/ into the files of conf/ that set them.

Only the value itself is replaced in the text, so comments and layout stay. A file that several of its folder build on,
as the splits of two datasets may, stays as it is: the one of them that is in use gets a line of its own. Then conf/ is
composed again; unless that gives params.yaml, conf/ stays unchanged.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from omegaconf._utils import get_omega_conf_dumper

from assay.config.compose import CONF, composed, register
from assay.config.load import PARAMS, order
from assay.errors import AssayError, sample
from assay.files import read_text, write_text, yaml_mapping

if TYPE_CHECKING:
    from hydra.core.default_element import ResultDefault

Key = tuple[str, ...]
BY_HAND = "write it there by hand, then: assay params"
SHARED = "copy that file, with a name of its own inside too, choose the copy in conf/config.yaml, then: assay params"


def kept() -> list[str]:
    """Write the values of params.yaml into conf/; return one line for each change.

    AssayError if params.yaml is no valid configuration, or conf/ has no place for one of its values; then nothing is
    written.
    """
    wanted, _ = order()
    composed()  # so that a fault of conf/ itself is reported of it, not of the copy
    with tempfile.TemporaryDirectory() as folder:
        conf = Path(folder, CONF)
        shutil.copytree(CONF, conf)
        changes = [*_choose(wanted, conf), *_set(wanted, conf)]
        text = composed(conf=conf)
        _require_same(wanted, yaml_mapping(text), conf)
        for file in sorted({change.partition(": ")[0] for change in changes}):
            write_text(Path(file), read_text(Path(folder, file)))
    write_text(PARAMS, text)
    return changes


def _choose(wanted: Mapping[str, Any], conf: Path) -> list[str]:
    """Choose the files that have the names of `wanted`, one after another: a dataset brings its labels and split."""
    present = _unchecked(wanted, conf)
    for part in reversed(_parts(conf)):
        group, _, choice = str(part.config_path).rpartition("/")
        name = _name(wanted, part)
        if group and name not in (choice, _name(present, part)) and (conf / group / f"{name}.yaml").is_file():
            file = Path(f"{part.parent}.yaml")
            node = _choice(conf / file, part)
            if node is None or _computed(node):
                raise _no_place(conf / file, _package(part), name)
            return [_replaced(conf / file, _package(part), node, name), *_choose(wanted, conf)]
    return []


def _set(wanted: Mapping[str, Any], conf: Path) -> list[str]:
    """Write each value that differs into the file that sets it, except values computed from another one."""
    parts, changes = _parts(conf), []
    for key, value in _differences(_unchecked(wanted, conf), wanted):
        part, node = _origin(key, parts, conf)
        if not _computed(node):
            own = _own_file(part, parts, conf)
            changes.append(
                _added(own, part, key, node, value) if own else _replaced(_file(part, conf), key, node, value)
            )
    return list(filter(None, changes))


def _unchecked(wanted: Mapping[str, Any], conf: Path) -> Mapping[str, Any]:
    """What the copy composes to on the way: a file that was chosen may lack values, or contradict others, until set."""
    return yaml_mapping(composed([f"version={wanted['version']}"], conf))  # in place of ${assay.checked:...}


def _require_same(wanted: Mapping[str, Any], found: Mapping[str, Any], conf: Path) -> None:
    """AssayError if a value still differs: it is computed, or its file sets another key too."""
    for key, value in _differences(found, wanted):
        part, node = _origin(key, _parts(conf), conf)
        file = _file(part, conf)
        if _computed(node):
            raise _no_place(file, key, value)
        raise AssayError(
            f"{_dotted(key)} would change as well: that file sets another key of params.yaml, too",
            where=_shown(file),
            todo=SHARED,
        )


def _parts(conf: Path) -> "list[ResultDefault]":
    """The files that the configuration is composed of, those first that override the others: Hydra's defaults list."""
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.types import RunMode

    register()
    with initialize_config_dir(str(conf.absolute()), version_base=None):
        found = GlobalHydra.instance().config_loader().compute_defaults_list("config", [], RunMode.RUN).defaults
    return [part for part in reversed(found) if _file(part, conf).is_file()]


def _file(part: "ResultDefault", conf: Path) -> Path:
    return conf / f"{part.config_path}.yaml"


def _differences(before: Any, after: Any, key: Key = ()) -> Iterator[tuple[Key, Any]]:
    """The keys whose values differ, with those of `after`; AssayError for a key that only one of the two has."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        if repr(before) != repr(after):  # 1, 1.0 and True are equal
            yield key, after
        return
    if alone := sorted(_dotted((*key, name)) for name in before.keys() ^ after.keys()):
        raise AssayError(f"only one of conf/ and {PARAMS} has {sample(alone)}", where=str(CONF), todo=BY_HAND)
    for name in before:
        yield from _differences(before[name], after[name], (*key, name))


def _origin(key: Key, parts: "Sequence[ResultDefault]", conf: Path) -> "tuple[ResultDefault, yaml.Node]":
    """The part whose file sets a key, and where in it; AssayError if none does."""
    for part in parts:
        package = _package(part)
        if key[: len(package)] == package and (node := _node(_file(part, conf), key[len(package) :])):
            return part, node
    raise AssayError(f"no file sets {_dotted(key)}", where=str(CONF), todo=BY_HAND)


def _own_file(part: "ResultDefault", parts: "Sequence[ResultDefault]", conf: Path) -> Path | None:
    """The file in use that builds on a part, if others of its folder do so too; else None."""
    group, _, choice = str(part.config_path).rpartition("/")
    above = next((one for one in parts if one.config_path == part.parent and one.package == part.package), None)
    users = [file for file in (conf / group).glob("*.yaml") if _builds_on(file, choice)] if above else []
    return _file(above, conf) if above and len(users) > 1 else None


def _builds_on(file: Path, choice: str) -> bool:
    defaults = _node(file, ("defaults",))
    return any(isinstance(one, yaml.ScalarNode) and one.value == choice for one in (defaults.value if defaults else []))


def _node(file: Path, key: Key) -> yaml.Node | None:
    """Where a file sets a key; None if it does not."""
    node = yaml.compose(read_text(file), Loader=yaml.SafeLoader)
    for name in key:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for one, value in pairs if one.value == str(name)), None)
    return node


def _choice(file: Path, part: "ResultDefault") -> yaml.Node | None:
    """Where the defaults list of a file chooses a part; None if it does so in a way of its own."""
    group, _, choice = str(part.config_path).rpartition("/")
    wanted = (group if part.package == group else "", f"{group}@{part.package}")
    defaults = _node(file, ("defaults",))
    for item in defaults.value if defaults else []:
        if isinstance(item, yaml.ScalarNode) and item.value == choice:
            return item
        for key, node in item.value if isinstance(item, yaml.MappingNode) else []:
            if key.value in wanted:
                return node
    return None


def _computed(node: yaml.Node) -> bool:
    """Whether a value is an interpolation."""
    return isinstance(node, yaml.ScalarNode) and "${" in node.value


def _replaced(file: Path, key: Key, node: yaml.Node, value: Any) -> str:
    """Write a value in place of a node of a file; the change in words, "" if another key has brought it already."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        raise _no_place(file, key, value)
    text, start = read_text(file), node.start_mark.index
    old, new = text[start : node.end_mark.index].rstrip(), _flow(value, node)  # a folded text ends after its line feed
    write_text(file, f"{text[:start]}{new}{text[start + len(old) :]}")
    return f"{_shown(file)}: {_dotted(key)}: {' '.join(old.split())} -> {new}" if old != new else ""


def _added(own: Path, part: "ResultDefault", key: Key, node: yaml.Node, value: Any) -> str:
    """Write a value into `own`, which has none for this key, in place of that of a part; the change in words."""
    name, *deeper = key[len(_package(part)) :]
    if _node(own, (name,)):
        raise _no_place(own, key, value)
    for one in reversed(deeper):
        value = {one: value}
    new = _flow(value, node)
    write_text(own, f"{read_text(own).rstrip()}\n{name}: {new}\n")
    return f"{_shown(own)}: {_dotted((*_package(part), name))}: {new}"


def _flow(value: Any, node: yaml.Node) -> str:
    """A value as YAML on one line, in the quotes of the node that it replaces."""
    quotes = '"' if getattr(node, "style", None) == '"' and isinstance(value, str) else None
    options = {"default_flow_style": True, "width": float("inf"), "allow_unicode": True, "sort_keys": False}
    # OmegaConf's own way to write YAML, because it reads some texts, 1e3 say, as numbers that PyYAML leaves unquoted.
    listed = yaml.dump([value], Dumper=get_omega_conf_dumper(), default_style=quotes, **options)  # type: ignore[call-overload]
    return listed.strip()[1:-1]


def _no_place(file: Path, key: Key, value: Any) -> AssayError:
    what = f"{_dotted(key)}={value}: its place in conf/ is computed, spread over lines, or set in part"
    return AssayError(what, where=_shown(file), todo=BY_HAND)


def _name(config: Mapping[str, Any], part: "ResultDefault") -> Any:
    """The name of what a part sets, in a configuration; None if it has none."""
    node: Any = config
    for name in (*_package(part), "name"):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def _package(part: "ResultDefault") -> Key:
    return tuple(filter(None, str(part.package or "").split(".")))


def _shown(file: Path) -> str:
    """A file of the copy by its path in the repository."""
    return str(CONF / Path(*file.parts[len(file.parts) - file.parts[::-1].index(CONF.name) :]))


def _dotted(key: Key) -> str:
    return ".".join(map(str, key))
