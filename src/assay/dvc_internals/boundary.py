"""Finds private parts of DVC by name and parameters, and calls a public way where they have changed."""

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

from assay.errors import warn

TESTED = ">=3.67,<3.68"  # the versions of DVC with which all of this is tested: the bound in pyproject.toml

P = ParamSpec("P")
T = TypeVar("T")
PACKAGES = ("dvc", "dvc_data", "dvc_objects")


class ChangedError(Exception):
    """A private part of DVC is missing or has other parameters."""


def part(name: str, takes: str = "") -> Any:
    """A private part of DVC, "module:name"; ChangedError if there is none, or its first parameters are not `takes`.

    A package that is missing or broken raises its ImportError.
    """
    from pkgutil import resolve_name

    try:
        found = resolve_name(name)
    except AttributeError as error:
        raise ChangedError(name) from error
    except ModuleNotFoundError as error:
        if (error.name or "") not in PACKAGES and (error.name or "").partition(".")[0] in PACKAGES:
            raise ChangedError(name) from error
        raise  # DVC itself, or a package that it needs, is not installed
    if takes and not _fits(found, takes.split()):
        raise ChangedError(f"{name}({', '.join(takes.split())})")
    return found


def within(owner: Any, path: str) -> Any:
    """An attribute of an object of DVC's, by its dotted path; ChangedError if there is none."""
    try:
        return attrgetter(path)(owner)
    except AttributeError as error:
        raise ChangedError(f"{type(owner).__module__}:{type(owner).__name__}.{path}") from error


def _fits(function: Callable[..., Any], names: list[str]) -> bool:
    """Whether a function takes these parameters, in this order, and needs no other one."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # no function
        return False
    others = parameters[len(names) :]
    optional = all(one.default is not one.empty or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in others)
    return [one.name for one in parameters[: len(names)]] == names and optional


def otherwise(public: Callable[P, T]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator: if the function raises ChangedError, `public` does the work, and stderr says so once.

    The function must ask for its private parts before it changes anything.
    """

    def decorated(private: Callable[P, T]) -> Callable[P, T]:
        @wraps(private)
        def answered(*arguments: P.args, **named: P.kwargs) -> T:
            try:
                return private(*arguments, **named)
            except ChangedError as changed:
                say_once(str(changed))
            return public(*arguments, **named)

        return answered

    return decorated


@lru_cache
def say_once(missing: str) -> None:
    """One line on stderr for each part that this DVC has no more."""
    from importlib.metadata import version

    warn(
        f"DVC {version('dvc')} has no {missing} as DVC {TESTED} has, with which this is tested: "
        "the same is done in a slower way"
    )
