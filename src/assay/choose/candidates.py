"""The candidates of a choice: read from conf/choice/NAME.yaml, composed and checked before anything is scored."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.choose.blocks import least_folds
from assay.config import menu
from assay.config.fields import MISSING, Count
from assay.config.load import typed, typed_as
from assay.config.reading import plain
from assay.config.schema import Config
from assay.errors import AssayError, sample
from assay.files import yaml_mapping
from assay.modelling.building import MEMBERS
from assay.modelling.training import members
from assay.sweep.plan import SWEEPS, checked, expand
from assay.sweep.search_space import Search, distributions, read_search

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

CHOICES, CHOICE = Path("conf/choice"), "choice"
EXAMPLE = f"see {CHOICES}/models.yaml"
INCUMBENT = "incumbent"  # the name of the configuration that conf/ composes to
OPEN = ("model", "features")  # what candidates may differ in: all else decides on which records they are judged
TUNABLE = "model."  # how a key begins that a candidate's search may look for
SEED = "random_state"


@dataclass
class Group:
    """Candidates that are equally simple: sets of overrides, and names of searches in conf/sweep/."""

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
    tuning: Tuning | None = None

    @property
    def model(self) -> dict[str, Any]:
        """Its model as a mapping, as `train` builds it."""
        return plain(self.config.model)

    def seeded(self, seeds: int) -> Iterator[dict[str, Any]]:
        """Its model with each seed in turn; once, if no seed plays a part or a search has one of its own."""
        every = (self.model, *members(self.model).values())
        dependent = self.tuning is None and any(SEED in one for one in every)
        return (reseeded(self.model, seed) for seed in range(seeds if dependent else 1))


def candidates(choice: Choice) -> list[Candidate]:
    """All candidates, the incumbent first; AssayError naming the first one that is no configuration.

    One that is composed to the same model and features as an earlier one is left out.
    """
    incumbent = candidate(INCUMBENT, 0, ())
    _require_folds(incumbent)
    found = {_key(incumbent): incumbent}
    for place, group in enumerate(choice.groups, start=1):
        for one in _of_group(place, group):
            _require_comparable(one, incumbent)
            _require_folds(one)
            found.setdefault(_key(one), one)
    _require_named_apart(list(found.values()))
    return list(found.values())


def candidate(name: str, group: int, overrides: Sequence[str], tuning: Tuning | None = None) -> Candidate:
    """The candidate to which conf/ composes with these overrides; AssayError naming them if they are wrong."""
    return Candidate(name, group, tuple(overrides), typed(yaml_mapping(checked(overrides))), tuning)


def read_choice(name: str) -> Choice:
    """The choice of conf/choice/NAME.yaml; AssayError naming what is wrong in it."""
    content = menu.read(CHOICES, name, [CHOICE], EXAMPLE)
    try:
        choice = typed_as(Choice, content[CHOICE], CHOICE)
    except AssayError as error:
        raise _no_choice(error.what, name) from error
    if not choice.groups:
        raise _no_choice("it has no groups", name)
    if empty := [group.name for group in choice.groups if not (group.sets or group.searches)]:
        raise _no_choice(f"no sets and no searches: {sample(empty)}", name)
    return choice


def files_of(name: str, choice: Choice) -> list[Path]:
    """The file of a choice, and those of its searches."""
    searches = dict.fromkeys(search for group in choice.groups for search in group.searches)
    return [menu.file_of(CHOICES, name), *(menu.file_of(SWEEPS, search) for search in searches)]


def reseeded(model: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The model with this seed wherever it has one, in the members of an ensemble too."""
    own = {SEED: seed} if SEED in model else {}
    of_members = {name: reseeded(one, seed) for name, one in model.get(MEMBERS, {}).items()}
    return {**model, **own, **({MEMBERS: of_members} if of_members else {})}


def _of_group(place: int, group: Group) -> Iterator[Candidate]:
    for overrides in (one for one_set in group.sets for one in expand(one_set)):
        yield candidate(" ".join(overrides), place, overrides)
    for name in group.searches:
        search = read_search(name)
        if outside := sorted(key for key in search.space if not key.startswith(TUNABLE)):
            raise AssayError(
                f"the search {name} looks for {sample(outside)}, and a candidate may be tuned in its model only",
                where=str(CHOICES),
                todo=f"name another search: one whose keys begin with {TUNABLE}",
            )
        yield candidate(name, place, search.overrides, Tuning(search, distributions(search)))


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


def _require_folds(one: Candidate) -> None:
    folds, least = one.config.training.folds, least_folds(one.model, tuned=one.tuning is not None)
    if folds < least:
        raise AssayError(
            f"{one.name} needs {least} folds, and there are {folds}: what chooses on a block needs one of its own",
            where="training.folds",
            todo="raise it, or leave out early stopping or the search",
        )


def _require_named_apart(found: Sequence[Candidate]) -> None:
    if twice := [name for name, count in Counter(one.name for one in found).items() if count > 1]:
        raise AssayError(f"two candidates are called {sample(twice)}", where=str(CHOICES), todo="rename the search")


def _no_choice(what: str, name: str) -> AssayError:
    return AssayError(f"not a choice: {what}", where=str(menu.file_of(CHOICES, name)), todo=EXAMPLE)
