"""The experiments of a search: takes proposals from Optuna, and returns the results."""

import hashlib
import json
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.errors import AssayError
from assay.experiments.refs import experiments, metrics
from assay.statistics.metrics import RANKED_BY
from assay.sweep.folder import Setting
from assay.sweep.log import DONE, PRUNED, Entry
from assay.sweep.plan import Planned, checked, experiment_name
from assay.sweep.search_space import Search, distributions
from assay.sweep.study import new_study, sampler

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial, Trial

EXPERIMENT, AGAIN = "experiment", "again"  # attributes of a trial: its experiment; the number of the trial it repeats
HALF_WAY = 1  # the only step of a trial


class Trials:
    """A source of experiments: an Optuna study in SQLite beside the log, which can be continued.

    Each trial is proposed by a sampler (TPE: Bergstra et al., NeurIPS 2011) with a seed of its own, made of the
    search's and the number of proposals before: an interrupted search proposes what it would have proposed anyway. A
    trial that failed or was cut off, or whose experiment is gone, is run again with the same values.

    Pruning: a trial is given up half-way through its out-of-fold fits if its average precision there is below the
    median of the complete ones, on the same records.
    """

    def __init__(self, search: Search, setting: Setting) -> None:
        self._search, self._setting = search, setting
        self._distributions = distributions(search)
        self._study = _study(search, setting)
        self._lock = threading.Lock()
        self._running: dict[str, list[Trial]] = {}
        self._settled: dict[str, Entry] = {}
        self._known: dict[str, tuple[str, ...]] = {}
        self._present = experiments(setting.root, setting.baseline)
        self._left = max(0, search.trials - self._recover())

    def missing(self) -> int:
        return self._left

    def known(self) -> dict[str, tuple[str, ...]]:
        return self._known

    def next(self) -> Planned | None:
        with self._lock:
            while self._left:
                self._left -= 1
                trial = self._ask()
                one = self._planned(trial.params)
                trial.set_user_attr(EXPERIMENT, one.name)
                self._known[one.name] = one.overrides
                if one.name in self._present:  # a sweep of sets may have made it, or one that was killed
                    found = metrics(self._setting.root, self._setting.baseline, one.name)
                    self._settled[one.name] = self._entry(one.name, DONE, found)
                if one.name in self._settled:
                    self._tell(trial, self._settled[one.name])
                elif one.name in self._running:
                    self._running[one.name].append(trial)
                else:
                    self._running[one.name] = [trial]
                    return one
        return None

    def hopeless(self, name: str, value: float) -> bool:
        with self._lock:
            trial = self._running[name][0]
            trial.report(value, HALF_WAY)
            return bool(trial.should_prune())

    def settle(self, entry: Entry) -> None:
        with self._lock:
            for trial in self._running.pop(entry.experiment):
                self._tell(trial, entry)
            self._settled[entry.experiment] = entry

    def _recover(self) -> int:
        """Continue the study; return the number of its trials that are complete."""
        from optuna.trial import TrialState

        trials = self._study.get_trials(deepcopy=False)
        repeated = {trial.user_attrs.get(AGAIN) for trial in trials}
        settled = 0
        for trial in trials:
            name = trial.user_attrs.get(EXPERIMENT, "")
            if name:
                self._known[name] = self._overrides(trial.params)
            if trial.state == TrialState.PRUNED or (trial.state == TrialState.COMPLETE and name in self._present):
                state = PRUNED if trial.state == TrialState.PRUNED else DONE
                self._settled[name] = self._entry(name, state, {RANKED_BY: trial.value})
                settled += 1
            elif trial.state != TrialState.WAITING and trial.number not in repeated:
                self._repeat(trial)
        return settled

    def _repeat(self, trial: "FrozenTrial") -> None:
        from optuna.trial import TrialState

        if trial.state == TrialState.RUNNING:
            self._study.tell(trial.number, state=TrialState.FAIL)
        if self._has_its_values(trial):
            self._study.enqueue_trial(trial.params, {AGAIN: trial.number})

    def _has_its_values(self, trial: "FrozenTrial") -> bool:
        return trial.params.keys() == self._distributions.keys()  # else it was cut off before

    def _ask(self) -> "Trial":
        trials = self._study.get_trials(deepcopy=False)
        proposed = sum(AGAIN not in trial.user_attrs and self._has_its_values(trial) for trial in trials)
        seed = np.random.SeedSequence([self._search.seed, proposed]).generate_state(1)[0]
        self._study.sampler = sampler(int(seed))
        return self._study.ask(self._distributions)

    def _tell(self, trial: "Trial", entry: Entry) -> None:
        from optuna.trial import TrialState

        value = entry.metrics.get(RANKED_BY)
        if entry.state == DONE and value is not None:
            self._study.tell(trial, value)
        else:
            self._study.tell(trial, state=TrialState.PRUNED if entry.state == PRUNED else TrialState.FAIL)

    def _planned(self, proposed: dict[str, Any]) -> Planned:
        overrides, params, fault = self._overrides(proposed), "", ""
        try:
            params = checked(overrides)
        except AssayError as error:
            fault = error.what
        name = experiment_name(self._setting.name, overrides[len(self._search.overrides) :], params or str(overrides))
        return Planned(name, overrides, params, watched=True, fault=fault)

    def _overrides(self, proposed: dict[str, Any]) -> tuple[str, ...]:
        space = self._search.space
        return tuple(self._search.all_overrides({key: space[key].value(proposed[key]) for key in sorted(proposed)}))

    def _entry(self, name: str, state: str, metrics: dict[str, Any]) -> Entry:
        return Entry(name, state, list(self._known[name]), self._setting.baseline, metrics=metrics)


def _study(search: Search, setting: Setting) -> "Study":
    """The study of this search on this commit; another space, seed or commit starts another study in the same file."""
    same = {key: value for key, value in asdict(search).items() if key != "trials"}
    digest = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:8]
    return new_study(
        search,
        storage=f"sqlite:///{setting.file('db')}",
        study_name=f"{setting.baseline[:12]}-{digest}",
        load_if_exists=True,
    )
