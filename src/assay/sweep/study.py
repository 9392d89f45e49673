"""Optuna's study of a search: which trials to give up, and what makes the next proposal."""

from typing import TYPE_CHECKING, Any

from assay.sweep.search_space import Search

if TYPE_CHECKING:
    from optuna import Study

UNPRUNED = 5  # trials that must be complete before one is given up


def new_study(search: Search, **more: Any) -> "Study":
    """A study that maximises; `more` is for `optuna.create_study`.

    A trial is given up if its value at a step is below the median of the complete ones at the same step, unless the
    search says `prune: false`.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pruner = optuna.pruners.MedianPruner(UNPRUNED) if search.prune else optuna.pruners.NopPruner()
    return optuna.create_study(direction="maximize", pruner=pruner, **more)


def sampler(seed: int) -> Any:
    """The sampler of every search (TPE: Bergstra et al., NeurIPS 2011)."""
    from optuna.samplers import TPESampler

    return TPESampler(seed=seed)
