"""From plain values to typed objects, and params.yaml read so.

Hydra checks types when it composes. A stage that DVC starts reads what was composed, and must neither trust it nor load
Hydra and OmegaConf for it, which takes longer than many a stage.
"""

import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from assay.config import schema
from assay.config.dataset import Column, Dataset
from assay.config.fields import MISSING
from assay.config.sample import Sample
from assay.config.unknown_key import nearest
from assay.errors import AssayError, sample
from assay.files import yaml_mapping

PARAMS = Path("params.yaml")
COMPOSE = "run: assay params (assay doctor --mend does, and keeps a copy)"
KEEP_OUT = "write the value itself; credentials stay outside, see docs/sharing.md (dvc remote modify --local)"
T = TypeVar("T")


def load(path: Path = PARAMS) -> schema.Config:
    """The order: params.yaml exactly as DVC read it to hash it."""
    return _of_file(_typed, path)


def order(path: Path = PARAMS) -> tuple[dict[str, Any], schema.Config]:
    """`plain` and `load` of one reading: the file may change in between."""
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

    Raises AssayError naming every key that is unknown, missing, of the wrong type or out of its range, a contradiction,
    or a file of another format version.
    """
    if found := list(references(plain)):
        what = f"{sample(found)}: a reference (${{...}}) is left, and nothing may look it up later"
        raise AssayError(what, where="the configuration", todo=KEEP_OUT)
    config = typed_as(schema.Config, plain)
    config.dataset.columns = _each(Column, config.dataset.columns, "dataset.columns.")
    config.dataset.sample = _sample(config.dataset)
    config.model = _model("model", config.model)
    config.baselines = {name: _model(f"baselines.{name}", one) for name, one in config.baselines.items()}
    if config.version != schema.FORMAT:
        raise AssayError(
            f"version={config.version}: this release reads version {schema.FORMAT}", todo="run: assay params"
        )
    if found := schema.faults(config):
        raise AssayError("; ".join(found), where="the configuration", todo="correct the value")
    return config


def references(node: object, key: str = "") -> Iterator[str]:
    """The keys of the texts that OmegaConf would take for references."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from references(value, f"{key}.{name}".lstrip("."))
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            yield from references(value, f"{key}[{number}]")
    elif isinstance(node, str) and "${" in node:
        yield key


def typed_as(kind: type[T], plain: object, key: str = "") -> T:
    """The plain value that stands at `key`, as a dataclass; AssayError naming each key in it that is wrong."""
    return _each(kind, {key: plain})[key]


def _each(kind: type[T], plain: object, prefix: str = "") -> dict[str, T]:
    """Every value of a mapping as a dataclass."""
    # Numbers are taken as texts: a contract may list the codes 1 and 2 without quotes.
    adapter = TypeAdapter(dict[str, kind], config=ConfigDict(extra="forbid", coerce_numbers_to_str=True))  # type: ignore[valid-type]
    try:
        values = adapter.validate_python(plain)
    except ValidationError as error:
        what = "; ".join(_sentence(one, prefix, kind) for one in error.errors(include_url=False))
        raise AssayError(what, where="the configuration", todo="correct the key") from error
    if unset := list(_unset(values)):
        missing = sample([f"{prefix}{key}" for key in unset])
        raise AssayError(f"missing: {missing}", where="the configuration", todo="give it a value")
    return values


def _sentence(error: ErrorDetails, prefix: str, kind: type) -> str:
    key = prefix + ".".join(str(part) for part in error["loc"] if part != "")
    if error["type"] == "unexpected_keyword_argument":
        _, *path, name = error["loc"]
        near = nearest(str(name), _fields(kind, path))
        return f"{key}: unknown key" + (f", did you mean {near}?" if near else "")
    return f"{key}={reprlib.repr(error['input'])}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _fields(kind: type, path: Sequence[int | str]) -> list[str]:
    """The keys of the dataclass at a path within another one; empty if there is no dataclass."""
    for name in path:
        kind = get_type_hints(kind).get(str(name), object) if is_dataclass(kind) else object
    return [field.name for field in fields(kind)] if is_dataclass(kind) else []


def _unset(node: object) -> Iterator[str]:
    """The keys without a value, at any depth."""
    for name, value in (node if isinstance(node, dict) else vars(node)).items():
        if value == MISSING:
            yield name
        elif isinstance(value, dict) or is_dataclass(value):
            yield from (f"{name}.{key}".lstrip(".") for key in _unset(value))


def _sample(dataset: Dataset) -> Any:
    """The sample; its key and label are by default those of the contract."""
    if not isinstance(dataset.sample, dict):
        return dataset.sample
    by_default = {"key": dataset.key, "label": dataset.target if dataset.sample.get("positive") else None}
    given = {name: value for name, value in by_default.items() if value} | dataset.sample
    return typed_as(Sample, given, "dataset.sample")


def _model(key: str, plain: Any) -> Any:
    """A model of the zoo, typed; any other as it is."""
    if not isinstance(plain, dict):
        raise AssayError(f"{key} is no mapping", where="the configuration", todo="see conf/model/")
    known = schema.MODELS.get(str(plain.get("name")))
    return typed_as(known, plain, key) if known else plain
