"""Composing a configuration as `dvc exp run` does."""

import itertools
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assay.dvc_internals.boundary import ChangedError, otherwise, part, say_once


def _composed_by_hydra(conf: Path, plugins: str, overrides: Sequence[str]) -> str:
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    with _on_path(plugins), initialize_config_dir(str(conf.absolute()), version_base=None):
        config = compose(config_name="config", overrides=list(overrides))
    OmegaConf.resolve(config)
    return OmegaConf.to_yaml(config)


@otherwise(_composed_by_hydra)
def composed_text(conf: Path, plugins: str, overrides: Sequence[str]) -> str:
    """The text of params.yaml that `dvc exp run -S ...` would write. Raises what Hydra, OmegaConf or a parser raises.

    `plugins`: the folder in which Hydra finds `hydra_plugins`.
    """
    takes = "output_file config_dir config_module config_name plugins_path overrides"
    compose_and_dump = part("dvc.utils.hydra:compose_and_dump", takes)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "params.yaml")
        compose_and_dump(target, str(conf.absolute()), None, "config", plugins, list(overrides))
        return target.read_text()


def _expanded_by_hydra(overrides: Sequence[str]) -> list[list[str]]:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import ValueType

    values: dict[str, list[str]] = {}
    for one in OverridesParser.create().parse_overrides(list(overrides)):
        if one.value_type == ValueType.GLOB_CHOICE_SWEEP:
            raise ValueError(f"Glob override '{one.input_line}' is not supported.")
        key = one.get_key_element()
        found = one.sweep_string_iterator() if one.is_sweep_override() else [one.get_value_element_as_str()]
        values[key] = [f"{key}={value}" for value in found]
    return [list(one) for one in itertools.product(*values.values())]


@otherwise(_expanded_by_hydra)
def expanded(overrides: Sequence[str]) -> list[list[str]]:
    """The override lists that `dvc exp run --queue -S ...` would queue. Raises what Hydra's parser or DVC raises."""
    get_hydra_sweeps = part("dvc.utils.hydra:get_hydra_sweeps", "path_overrides")
    return [list(one["params"]) for one in get_hydra_sweeps({"params": list(overrides)})]


def override_error() -> type[Exception]:
    """The class of errors for a wrong override: inside DVC its own one, because DVC calls any other unexpected."""
    from hydra.errors import ConfigCompositionException

    if "dvc.exceptions" in sys.modules:
        try:
            return part("dvc.exceptions:InvalidArgumentError")
        except ChangedError as changed:
            say_once(str(changed))
    return ConfigCompositionException


@contextmanager
def _on_path(folder: str) -> Iterator[None]:
    sys.path.append(folder)
    try:
        yield
    finally:
        sys.path.remove(folder)
