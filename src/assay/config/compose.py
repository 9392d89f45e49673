"""From the menu (conf/) to the order (params.yaml), and from either to typed objects."""

import difflib
import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from assay.config import schema
from assay.config.dataset import Column
from assay.config.sample import Sample
from assay.errors import AssayError

PARAMS = Path("params.yaml")
CONF = Path("conf")
PLUGINS = Path("src")


def register() -> None:
    """Make the schemas, and the resolver that checks ranges, known to Hydra in this process."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    store.store(group="schema", name="config", node=schema.Config)
    for name, model in schema.MODELS.items():
        store.store(group="schema/model", name=name, node=model)
    OmegaConf.register_new_resolver("assay.checked", _checked, replace=True)


def _checked(version: int, _root_: DictConfig) -> int:
    """`version: ${assay.checked:1}` composes to 1 if, and only if, every value is within its range.

    Types alone are Hydra's business; a range is only checked when something is resolved. Standing in the
    configuration itself, this runs wherever it is composed, inside `dvc exp run` too.
    """
    plain = OmegaConf.to_container(_root_, resolve=False)
    typed({**plain, "version": version})  # type: ignore[dict-item]
    return version


def typed(plain: Mapping[str, Any]) -> schema.Config:
    """The configuration as dataclasses.

    Raises AssayError naming the key for an unknown key, a value of the wrong type or out of its range, a
    contradiction, or a file of another format version.
    """
    try:
        merged = OmegaConf.merge(OmegaConf.structured(schema.Config), dict(plain))
        columns = _typed_columns(json.dumps(OmegaConf.to_container(merged.dataset.columns)))
        if isinstance(merged.dataset.sample, DictConfig):
            merged.dataset.sample = _typed_sample(merged.dataset)
        merged.model = _typed_model("model", merged.model)
        merged.baselines = {name: _typed_model(f"baselines.{name}", one) for name, one in merged.baselines.items()}
        config = OmegaConf.to_object(merged)
    except OmegaConfBaseException as error:
        raise AssayError(_reason(error), where="the configuration", todo="correct the key") from error
    assert isinstance(config, schema.Config)
    config.dataset.columns = columns
    if config.version != schema.FORMAT:
        raise AssayError(
            f"version={config.version}: this release reads version {schema.FORMAT}", todo="run: assay params"
        )
    if found := schema.faults(config):
        raise AssayError("; ".join(found), where="the configuration", todo="correct the value")
    return config


@lru_cache
def _typed_columns(columns: str) -> dict[str, Column]:
    """The columns of a contract, from JSON: most of what there is to type, and the same in all runs of a sweep."""
    named = {name: _merged(f"dataset.columns.{name}", Column, one) for name, one in json.loads(columns).items()}
    return cast(dict[str, Column], {name: OmegaConf.to_object(one) for name, one in named.items()})


def _typed_sample(dataset: DictConfig) -> Any:
    """The sample; its key and label are by default those of the contract."""
    by_default = {"key": dataset.key, "label": dataset.target if dataset.sample.get("positive") else None}
    given = {name: value for name, value in by_default.items() if value}
    return _merged("dataset.sample", Sample, given, dataset.sample)


def _typed_model(key: str, node: Any) -> Any:
    known = schema.MODELS.get(node.get("name")) if isinstance(node, DictConfig) else None
    return _merged(key, known, node) if known else node


def _merged(key: str, model: type, *nodes: Any) -> Any:
    """The nodes that stand at `key`, typed; AssayError names the key from the root on."""
    try:
        return OmegaConf.merge(OmegaConf.structured(model), *nodes)
    except OmegaConfBaseException as error:
        what = _reason(error).replace("full_key: ", f"full_key: {key}.")
        raise AssayError(what, where="the configuration", todo="correct the key") from error


def load(path: Path = PARAMS) -> schema.Config:
    """The order: params.yaml exactly as DVC hashed it."""
    if not path.exists():
        raise AssayError(f"{path} is missing", todo="run: assay params")
    try:
        return _read(path.read_text())
    except AssayError as error:
        raise AssayError(error.what, where=str(path), todo=error.todo) from error
    except Exception as error:  # a YAML parser's own errors share no base class
        raise AssayError(f"not a YAML mapping: {error}", where=str(path), todo="run: assay params") from error


@lru_cache
def _read(text: str) -> schema.Config:
    return typed(yaml.load(text, Loader=_loader()) or {})


def _loader() -> type:
    """OmegaConf's reader (1e-3 is a number, a date a text, a key twice refused) on the parser in C: 0.15 s a stage."""
    from omegaconf._utils import get_yaml_loader

    class Loader(yaml.CSafeLoader, get_yaml_loader()):  # type: ignore[misc]
        pass

    return Loader


def composed(overrides: Sequence[str] = ()) -> str:
    """The text of params.yaml that `dvc exp run -S ...` would write: DVC's own function writes it."""
    from dvc.utils.hydra import compose_and_dump

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, PARAMS)
        try:
            compose_and_dump(target, str(CONF.absolute()), None, "config", str(PLUGINS), list(overrides))
        except Exception as error:  # Hydra's, OmegaConf's, the parser's: all are the user's to mend
            raise AssayError(_reason(error), where=str(CONF), todo="correct the override") from error
        return target.read_text()


def difference(text: str, path: Path = PARAMS) -> str:
    """A unified diff from what conf/ composes to (`text`) to what params.yaml holds; empty when equal."""
    held = path.read_text() if path.exists() else ""
    lines = difflib.unified_diff(text.splitlines(), held.splitlines(), "conf/", str(path), lineterm="")
    return "\n".join(lines)


def _reason(error: BaseException) -> str:
    """The sentences of an error and its cause; of a failed check of ours, which OmegaConf wraps, the check's alone."""
    if isinstance(error.__context__, AssayError):
        return error.__context__.what
    causes = [error] if error.__cause__ is None else [error, error.__cause__]
    text = "\n".join(str(cause).partition("Config search path")[0] for cause in causes)
    lines = (line.strip().rstrip(".") for line in text.splitlines() if not line.strip().startswith("object_type"))
    return "; ".join(dict.fromkeys(filter(None, lines))).replace(":; ", ": ")
