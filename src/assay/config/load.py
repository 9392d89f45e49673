"""Reads params.yaml as typed objects.

Hydra checks types when it composes. A stage that DVC starts reads the composed file. It must not trust that file, and
must not load Hydra and OmegaConf to check it, which takes longer than many a stage.
"""

import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assay.config import schema
from assay.config.faults import faults
from assay.config.fields import MISSING, OUTSIDE, ByName, validated
from assay.config.questions import require_answered
from assay.errors import AssayError, sample
from assay.files import yaml_mapping
from assay.text import nearest

PARAMS = Path("params.yaml")
COMPOSE = "run: assay params (assay doctor --mend does, and keeps a copy)"
KEEP_OUT = "write the value itself; credentials stay outside, see docs/sharing.md (dvc remote modify --local)"
UNKNOWN = "unexpected_keyword_argument"  # as pydantic calls an unknown key
T = TypeVar("T")


def load(path: Path = PARAMS) -> schema.Config:
    """The typed configuration of params.yaml, with the values that DVC read to hash them."""
    return _of_file(_typed, path)


def order(path: Path = PARAMS) -> tuple[dict[str, Any], schema.Config]:
    """The results of `plain` and `load` from one reading, because the file may change between two."""
    return _of_file(lambda content: (_parsed(content), _typed(content)), path)


def plain(path: Path = PARAMS) -> dict[str, Any]:
    """The values of params.yaml, checked only to be a mapping. They are cached: do not change them."""
    return _of_file(_parsed, path)


def _of_file(read: Callable[[bytes], T], path: Path) -> T:
    if not path.exists():
        raise AssayError(f"{path} is missing", todo=COMPOSE)
    try:
        return read(path.read_bytes())
    except AssayError as error:
        raise AssayError(error.what, where=str(path), todo=error.todo) from error


@lru_cache
def _typed(content: bytes) -> schema.Config:
    return typed(_parsed(content))


@lru_cache
def _parsed(content: bytes) -> dict[str, Any]:
    try:
        return yaml_mapping(content)
    except ValueError as error:
        raise AssayError(f"not a YAML mapping: {error}", todo=COMPOSE) from error


def typed(plain: Mapping[str, Any]) -> schema.Config:
    """The configuration as dataclasses.

    Raises AssayError naming every open question; or every key that is unknown, missing, of the wrong type or out
    of its range, a contradiction, or a file of another format version.
    """
    if found := list(references(plain)):
        what = f"{sample(found)}: a reference (${{...}}) was not resolved when it was composed"
        raise AssayError(what, where="the configuration", todo=KEEP_OUT)
    require_answered(plain)
    config = typed_as(schema.Config, _with_sample(plain))
    if config.version != schema.FORMAT:
        raise AssayError(
            f"version={config.version}: this release reads version {schema.FORMAT}", todo="run: assay params"
        )
    if found := faults(config):
        raise AssayError("; ".join(found), where="the configuration", todo="correct the value")
    return config


def references(node: object, key: str = "") -> Iterator[str]:
    """The keys of texts that OmegaConf would read as references."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from references(value, f"{key}.{name}".lstrip("."))
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            yield from references(value, f"{key}[{number}]")
    elif isinstance(node, str) and "${" in node:
        yield key


def typed_as(kind: type[T], plain: object, key: str = "") -> T:
    """The plain value at `key` as a dataclass; AssayError naming each key in it that is wrong."""
    try:
        value = validated(kind, plain, key)
    except ValidationError as error:
        found = error.errors(include_url=False)
        what = "; ".join(_sentence(one, kind) for one in found)
        todo = f"correct the {'key' if any(one['type'] == UNKNOWN for one in found) else 'value'}"
        raise AssayError(what, where="the configuration", todo=todo) from error
    if unset := list(_unset({key: value})):
        raise AssayError(f"missing: {sample(unset)}", where="the configuration", todo="give it a value")
    return value


def _sentence(error: ErrorDetails, kind: type) -> str:
    key, _ = _place(error["loc"], kind)
    if error["type"] == UNKNOWN:
        near = nearest(str(error["loc"][-1]), _fields(_place(error["loc"][:-1], kind)[1]))
        return f"{key}: unknown key" + (f", did you mean {near}?" if near else "")
    if error["type"] == OUTSIDE:
        return f"{key}={error['input']} {error['msg']}"
    return f"{key}={reprlib.repr(error['input'])}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _place(place: Sequence[int | str], kind: Any) -> tuple[str, Any]:
    """The dotted key of pydantic's place of an error in a dataclass of that kind, and the type of what stands there."""
    first, *rest = map(str, place)
    key = [first]
    for part in rest:
        if isinstance(kind, ByName):
            kind = kind.kinds[part]
        else:
            key.append(part)
            kind = _below(kind, part)
    return ".".join(filter(None, key)), kind


def _below(kind: Any, part: str) -> Any:
    """The type of a part of a dataclass, a mapping or a list, as pydantic reads it; `object` where nobody says."""
    if is_dataclass(kind):
        found: Any = get_type_hints(kind, include_extras=True).get(part, object)
    else:
        found = (object, *get_args(kind))[-1]
    for read_as in getattr(found, "__metadata__", ()):
        found = getattr(read_as, "kind", read_as if isinstance(read_as, ByName) else found)
    return next(filter(is_dataclass, get_args(found)), found) if type(None) in get_args(found) else found


def _fields(kind: Any) -> list[str]:
    return [field.name for field in fields(kind)] if is_dataclass(kind) else []


def _unset(node: object) -> Iterator[str]:
    """The keys without a value, at any depth."""
    for name, value in _named(node):
        if value == MISSING:
            yield name
        elif isinstance(value, dict | list) or is_dataclass(value):
            yield from (f"{name}.{key}".lstrip(".") for key in _unset(value))


def _named(node: Any) -> Iterable[tuple[str, Any]]:
    """The parts of a mapping, a list or a dataclass, each with its key."""
    if isinstance(node, list):
        return ((str(number), item) for number, item in enumerate(node))
    return (node if isinstance(node, dict) else vars(node)).items()


def _with_sample(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """The key and the label of a sample are by default those of the contract."""
    dataset = plain.get("dataset")
    sample = dataset.get("sample") if isinstance(dataset, Mapping) else None
    if not isinstance(dataset, Mapping) or not isinstance(sample, Mapping):
        return plain
    by_default = {"key": dataset.get("key"), "label": dataset.get("target") if sample.get("positive") else None}
    given = {name: value for name, value in by_default.items() if value} | dict(sample)
    return {**plain, "dataset": {**dataset, "sample": given}}
