"""Checks names, which become part of paths, git references, overrides and headings."""

import re
from typing import TYPE_CHECKING, Any

from assay.errors import AssayError
from assay.paths import MODEL_KEY, SCORE
from assay.records.columns import RECORD_ID, WEIGHT

if TYPE_CHECKING:
    from assay.config.schema import Config

LONGEST_NAME = 60
NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{LONGEST_NAME - 1}}}")
RULE = f"letters, digits, _ . and -, a letter or digit first, {LONGEST_NAME} at most"
# A baseline gives its name to a column of data/predictions, and to one of the decision curve: beside these.
TAKEN = {MODEL_KEY, SCORE, RECORD_ID, WEIGHT, "label", "fold", "excluded"}
TAKEN |= {"threshold_probability", "everyone", "no_one"}
NAMED = ("dataset", "labels", "split", "features", "criteria")  # parts of the configuration with a name


def is_name(text: object) -> bool:
    """Whether this is safe as a name everywhere: no path, no option, no hidden file, no range of commits.

    >>> is_name("depth-3"), is_name("../x"), is_name("a..b")
    (True, False, False)
    """
    return isinstance(text, str) and NAME.fullmatch(text) is not None and ".." not in text


def require_name(text: str, where: str) -> str:
    """The name itself; AssayError if it is not a valid one."""
    if not is_name(text):
        raise AssayError(f"{text!r} is no name", where=where, todo=f"use {RULE}")
    return text


def faults(config: "Config") -> list[str]:
    """The faults of all names in the configuration, by key."""
    models = {"model": config.model, **{f"baselines.{key}": one for key, one in config.baselines.items()}}
    named = {f"{part}.name": getattr(config, part).name for part in NAMED}
    named |= {f"{key}.name": _plain(one)["name"] for key, one in models.items() if "name" in _plain(one)}
    named |= {f"baselines: {key}": key for key in config.baselines}
    found = [f"{key}={name!r} is no name: use {RULE}" for key, name in named.items() if not is_name(name)]
    taken = TAKEN.intersection(config.baselines)
    found += [f"baselines.{key}: another column has that name; give the baseline another" for key in sorted(taken)]
    return found


def _plain(model: Any) -> dict[str, Any]:
    """The keys of a model's configuration, which is a dataclass or a plain mapping; none of anything else."""
    return model if isinstance(model, dict) else getattr(model, "__dict__", {})
