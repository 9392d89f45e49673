"""Plans a sweep: composes and checks every combination before the first one runs."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.config import menu
from assay.config.compose import composed
from assay.dvc_internals.configuration import expanded
from assay.errors import AssayError

SWEEPS = Path("conf/sweep")
SETS, SEARCH = KINDS = ("sets", "search")
EXAMPLES = f"see {SWEEPS}/models.yaml, {SWEEPS}/search.yaml"
LONGEST_NAME = 60


@dataclass(frozen=True)
class Planned:
    """An experiment to run: its name in DVC, its overrides, and the params.yaml that they compose to.

    watched: whether a search may give it up half-way. fault: why it cannot run, or "".
    """

    name: str
    overrides: tuple[str, ...]
    params: str
    watched: bool = False
    fault: str = ""


def read(name: str) -> dict[str, Any]:
    """The content of conf/sweep/NAME.yaml, which has one of KINDS; AssayError if it is missing or has none of them."""
    return menu.read(SWEEPS, name, KINDS, EXAMPLES, otherwise="; or give overrides: -S")


def read_sets(name: str) -> list[list[str]]:
    """The override sets of conf/sweep/NAME.yaml."""
    sets = read(name).get(SETS)
    if not (isinstance(sets, list) and all(isinstance(one, list) and one for one in sets)):
        raise AssayError("`sets` is not a list of lists of overrides", where=f"{SWEEPS}/{name}.yaml", todo=EXAMPLES)
    return [[str(override) for override in one] for one in sets]


def plan(sweep: str, sets: Sequence[Sequence[str]]) -> list[Planned]:
    """Every combination, each once, in order; AssayError naming the first one that cannot be composed."""
    planned: dict[str, Planned] = {}
    for overrides in (one for one_set in sets for one in expand(one_set)):
        one_planned = single(sweep, overrides)
        planned.setdefault(one_planned.params, one_planned)
    return list(planned.values())


def single(sweep: str, overrides: Sequence[str]) -> Planned:
    """The experiment of overrides without lists of values; AssayError naming them if they do not compose."""
    params = checked(overrides)
    return Planned(experiment_name(sweep, overrides, params), tuple(overrides), params)


def checked(overrides: Sequence[str]) -> str:
    """The params.yaml that overrides compose to; AssayError naming them if they do not."""
    try:
        return composed(overrides)
    except AssayError as error:
        raise AssayError(error.what, where=" ".join(overrides), todo=f"{error.todo}; nothing has run") from error


def expand(overrides: Sequence[str]) -> list[list[str]]:
    """The override lists of one set in DVC's sweep syntax, as `dvc exp run --queue -S` would queue them."""
    try:
        return expanded(overrides)
    except Exception as error:  # Hydra's parser and DVC's refusal of globs share no base class
        raise AssayError(
            f"not overrides: {str(error).splitlines()[0]}",
            where=" ".join(overrides),
            todo="correct it; nothing has run",
        ) from error


def experiment_name(sweep: str, overrides: Sequence[str], params: str) -> str:
    """A name like depth-model-xgboost-max_depth-3-5c1f: readable, valid as a git reference, unique for its params."""
    choices = (override.partition("=") for override in overrides)
    words = "-".join(f"{key.rpartition('.')[2]}-{value}" for key, _, value in choices)
    readable = re.sub(r"[^A-Za-z0-9_.]+", "-", f"{sweep}-{words}").strip("-.")[:LONGEST_NAME].rstrip("-.")
    return f"{readable.replace('..', '.')}-{hashlib.sha256(params.encode()).hexdigest()[:4]}"
