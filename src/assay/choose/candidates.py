"""The candidates of a choice: read from conf/choice/NAME.yaml, composed and checked before anything is scored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from assay.config.fields import MISSING, Count
from assay.config.load import typed, typed_as
from assay.config.names import require_name
from assay.config.schema import Config
from assay.errors import AssayError, sample
from assay.modelling.building import MEMBERS
from assay.sweep.plan import checked, expand
from assay.sweep.search_space import Search, distributions, read_search

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

CHOICES = Path("conf/choice")
CHOICE = "choice"
EXAMPLE = f"see {CHOICES}/models.yaml"
INCUMBENT = "incumbent"
OPEN = (
    "model",
    "features",
)  # what candidates may differ in: all else decides which records and labels they are judged on
SEED = "random_state"


@dataclass
class Group:
    """Candidates that are equally simple: sets of overrides, and searches of conf/sweep/."""

    name: str = MISSING
    sets: list[list[str]] = field(default_factory=list)
    searches: list[str] = field(default_factory=list)


@dataclass
class Choice:
    """Groups of candidates, from the simplest on; seeds: over how many a candidate's figure is averaged."""

    groups: list[Group] = MISSING
    seeds: Count = 3


@dataclass(frozen=True)
class Tuning:
    """A search, and its space in Optuna's terms."""

    search: Search
    space: "Mapping[str, BaseDistribution]"


@dataclass(frozen=True)
class Candidate:
    """A configuration to score.

    group: the place of its group, 0 for the incumbent. tuning: finds its parameters anew for each block.
    """

    name: str
    group: int
    overrides: tuple[str, ...]
    config: Config
    model: Mapping[str, Any]
    tuning: "Tuning | None" = None

    def seeded(self, seeds: int) -> Iterator[dict[str, Any]]:
        """Its model with each seed in turn; once, if no seed plays a part or a search has one of its own."""
        dependent = self.tuning is None and any(SEED in one for one in _members(self.model))
        return (reseeded(self.model, seed) for seed in range(seeds if dependent else 1))


def candidates(choice: Choice) -> list[Candidate]:
    """All candidates, the incumbent first; AssayError naming the first one that is no configuration.

    One that is composed to the same model and features as an earlier one is left out.
    """
    incumbent = _candidate(INCUMBENT, 0, ())
    found = {_key(incumbent): incumbent}
    for place, group in enumerate(choice.groups, start=1):
        for one in _of_group(place, group):
            _require_comparable(one, incumbent)
            found.setdefault(_key(one), one)
    return list(found.values())


def read_choice(name: str) -> Choice:
    """The choice of conf/choice/NAME.yaml; AssayError naming what is wrong in it."""
    path = file_of(name)
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in CHOICES.glob("*.yaml")))
        raise AssayError(f"no choice {name!r}", where=str(CHOICES), todo=f"choose one of: {known}")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AssayError(f"not YAML: {error}", where=str(path), todo=EXAMPLE) from error
    if not (isinstance(content, dict) and list(content) == [CHOICE]):
        raise AssayError(f"not a choice: it has other keys than `{CHOICE}`", where=str(path), todo=EXAMPLE)
    try:
        choice = typed_as(Choice, content[CHOICE], CHOICE)
    except AssayError as error:
        raise AssayError(f"not a choice: {error.what}", where=str(path), todo=EXAMPLE) from error
    if empty := [group.name for group in choice.groups if not (group.sets or group.searches)]:
        raise AssayError(f"no sets and no searches: {sample(empty)}", where=str(path), todo=EXAMPLE)
    return choice


def file_of(name: str) -> Path:
    """The file of a choice; AssayError if it can be no file's name."""
    return CHOICES / f"{require_name(name, 'the name of the choice')}.yaml"


def reseeded(model: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The model with this seed wherever it has one."""
    own = {**model, SEED: seed} if SEED in model else dict(model)
    return (
        {**own, MEMBERS: {name: reseeded(one, seed) for name, one in own[MEMBERS].items()}} if MEMBERS in own else own
    )


def _of_group(place: int, group: Group) -> Iterator[Candidate]:
    for overrides in (one for one_set in group.sets for one in expand(one_set)):
        yield _candidate(" ".join(overrides), place, tuple(overrides))
    for name in group.searches:
        search = read_search(name)
        if outside := sorted(key for key in search.space if not key.startswith("model.")):
            raise AssayError(
                f"the search {name} looks for {sample(outside)}, and a candidate may be tuned in model only",
                where=str(CHOICES),
                todo="leave it out, or search over model.*",
            )
        yield _candidate(name, place, tuple(search.overrides), Tuning(search, distributions(search)))


def _candidate(name: str, group: int, overrides: tuple[str, ...], tuning: Tuning | None = None) -> Candidate:
    params = yaml.safe_load(checked(overrides))
    return Candidate(name, group, overrides, typed(params), params["model"], tuning)


def _members(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [model, *(model.get(MEMBERS) or {}).values()]


def _key(one: Candidate) -> str:
    return repr((one.model, one.config.features, one.tuning))


def _require_comparable(one: Candidate, incumbent: Candidate) -> None:
    for key, value in vars(incumbent.config).items():
        if key not in OPEN and vars(one.config)[key] != value:
            raise AssayError(
                f"{one.name} changes {key}, and all candidates are judged on the same records and labels",
                where=str(CHOICES),
                todo=f"candidates may differ in: {', '.join(OPEN)}",
            )
