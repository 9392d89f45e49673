"""Refuses an override in words that help: it names the nearest key, or the nearest choice of a group.

For an unknown key Hydra suggests +KEY, which the schemas refuse too. So Hydra's own error is replaced where it is
raised. That works in `dvc exp run -S` too, where of our code only the schemas are loaded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from assay.errors import sample
from assay.text import nearest

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig

Apply = Callable[["list[Override]", "DictConfig"], None]
Load = Callable[..., "DictConfig"]
OF_HYDRA = "hydra"  # its own part of what it composes


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
    def loaded(*arguments: Any, **named: Any) -> "DictConfig":
        from hydra.errors import MissingConfigException

        try:
            return load(*arguments, **named)
        except MissingConfigException as error:
            if not error.options:
                raise
            group, _, choice = str(error.missing_cfg_file).rpartition("/")
            from assay.dvc_internals.configuration import override_error

            raise override_error()(unknown_choice(group, choice, error.options)) from None

    return loaded


def _sentence(override: "Override", config: "DictConfig", error: Exception) -> str:
    """Why an override is refused: the nearest key, or Hydra's own reason if the key is not to blame."""
    if _is_of_a_key(error):
        return unknown(override.key_or_group, _plain(config))
    reason = str(error.__cause__ or error).partition("\n")[0]
    return f"{override.input_line}: {reason[:1].lower()}{reason[1:]}"


def unknown(key: str, config: Mapping[str, Any]) -> str:
    """The message for an unknown key: it names the nearest key, or else the keys at that level."""
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
    return {name: value for name, value in plain.items() if name != OF_HYDRA}  # type: ignore[union-attr,misc]


def _is_of_a_key(error: BaseException | None) -> bool:
    from omegaconf.errors import ConfigAttributeError, ConfigKeyError

    return error is not None and (
        isinstance(error, ConfigAttributeError | ConfigKeyError) or _is_of_a_key(error.__cause__)
    )
