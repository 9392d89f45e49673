"""Refuses an override in words that help: it names the nearest key, the choice that has it, or the nearest choice.

For an unknown key Hydra suggests +KEY, which the schemas refuse too. So Hydra's own error is replaced where it is
raised. That works in `dvc exp run -S` too, where of our code only the schemas are loaded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from assay.errors import sample
from assay.text import nearest

if TYPE_CHECKING:
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig

Apply = Callable[["list[Override]", "DictConfig"], None]
Load = Callable[..., "DictConfig"]
HYDRA_KEY = "hydra"  # its own part of what it composes
LOADER: ContextVar["ConfigLoaderImpl | None"] = ContextVar("loader", default=None)  # what composes now


def name_the_nearest() -> None:
    """From now on in this process, an unknown key or choice in an override is answered with the nearest one."""
    from hydra._internal.config_loader_impl import ConfigLoaderImpl

    apply, load = ConfigLoaderImpl._apply_overrides_to_config, ConfigLoaderImpl.load_configuration
    if getattr(apply, "__module__", None) != __name__:
        ConfigLoaderImpl._apply_overrides_to_config = staticmethod(_naming_the_nearest(apply))  # type: ignore[method-assign,assignment]
        ConfigLoaderImpl.load_configuration = _naming_the_nearest_choice(load)  # type: ignore[method-assign]


def _naming_the_nearest(apply: Apply) -> Apply:
    def applied(overrides: "list[Override]", config: "DictConfig") -> None:
        from hydra.errors import ConfigCompositionException

        for override in overrides:
            try:
                apply([override], config)
            except ConfigCompositionException as error:
                from assay.dvc_internals.configuration import override_error  # not where records are scored

                raise override_error()(_sentence(override, config, error)) from None

    return applied


def _naming_the_nearest_choice(load: Load) -> Load:
    def loaded(loader: "ConfigLoaderImpl", *arguments: Any, **named: Any) -> "DictConfig":
        from hydra.errors import MissingConfigException

        before = LOADER.set(loader)
        try:
            return load(loader, *arguments, **named)
        except MissingConfigException as error:
            if not error.options:
                raise
            group, _, choice = str(error.missing_cfg_file).rpartition("/")
            from assay.dvc_internals.configuration import override_error

            raise override_error()(unknown_choice(group, choice, error.options)) from None
        finally:
            LOADER.reset(before)

    return loaded


def _sentence(override: "Override", config: "DictConfig", error: Exception) -> str:
    """Why an override is refused: the nearest key, or Hydra's own reason if the key is not to blame."""
    if _is_of_a_key(error):
        return unknown(override.key_or_group, _plain(config), choices_with(override.key_or_group))
    reason = str(error.__cause__ or error).partition("\n")[0]
    return f"{override.input_line}: {reason[:1].lower()}{reason[1:]}"


def unknown(key: str, config: Mapping[str, Any], choices: Sequence[str] = ()) -> str:
    """The message for an unknown key: it names the choices that have it, the nearest key, or the keys at that level."""
    if choices:
        return f"there is no key {key} in this configuration: it is one of {', '.join(choices)}"
    *path, name = key.split(".")
    parent, beside = _deepest(path, config)
    if near := nearest(name, beside) if parent == ".".join(path) else None:
        return f"there is no key {key}: did you mean {'.'.join([*path, near])}?"
    elsewhere = list(_keys(config))
    if near := nearest(name, {one.rpartition(".")[2] for one in elsewhere}):
        named = [one for one in elsewhere if one.rpartition(".")[2] == near]
        return f"there is no key {key}: did you mean {get_close_matches(key, named, n=1, cutoff=0)[0]}?"
    if not beside:
        return f"there is no key {key}: {parent} has none"
    return f"there is no key {key}; {parent or 'at the top'} has: {sample(list(beside), limit=12)}"


def choices_with(key: str) -> list[str]:
    """The choices of a group whose files have a key, such as engine=dask for engine.scheduler."""
    group, _, name = key.partition(".")
    return [f"{group}={choice}" for choice, names in _named_in(group) if name in names]


def _named_in(group: str) -> Iterator[tuple[str, list[Any]]]:
    """Each choice of a group, and the keys in its file; a file that cannot be read has none."""
    from hydra.core.object_type import ObjectType
    from hydra.errors import HydraException
    from yaml import YAMLError

    loader = LOADER.get()
    for choice in loader.repository.get_group_options(group, ObjectType.CONFIG) if loader else []:
        with suppress(HydraException, YAMLError, ValueError):
            found = loader.repository.load_config(f"{group}/{choice}")  # type: ignore[union-attr]
            yield choice, list(found.config) if found else []


def unknown_choice(group: str, choice: str, choices: Sequence[str]) -> str:
    """The message for an unknown choice of a group: it names the nearest choice, or else all of them."""
    if near := nearest(choice, choices):
        return f"there is no {group}={choice}: did you mean {group}={near}?"
    return f"there is no {group}={choice}; {group} has: {sample(choices, limit=12)}"


def _deepest(path: list[str], config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The part of a path that exists, and its content."""
    found, node = [], config
    for name in path:
        if not isinstance(node.get(name), Mapping):
            break
        node = node[name]
        found.append(name)
    return ".".join(found), node


def _keys(node: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in node.items():
        yield f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _keys(value, f"{prefix}{name}.")


def _plain(config: "DictConfig") -> dict[str, Any]:
    from omegaconf import OmegaConf

    plain = OmegaConf.to_container(config, resolve=False)
    return {name: value for name, value in plain.items() if name != HYDRA_KEY}  # type: ignore[union-attr,misc]


def _is_of_a_key(error: BaseException | None) -> bool:
    from omegaconf.errors import ConfigAttributeError, ConfigKeyError

    return error is not None and (
        isinstance(error, ConfigAttributeError | ConfigKeyError) or _is_of_a_key(error.__cause__)
    )
