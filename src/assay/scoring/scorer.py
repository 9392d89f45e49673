"""Scores a batch of raw records: each gets a score, or the reason why not."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.bundle.contributions import contributions, unchecked
from assay.bundle.reasons import TOP, Explanation, explained
from assay.bundle.scoring import score
from assay.config.dataset import DAY, KINDS, QUARANTINE, SET_MISSING, STOP, TEXT, cleaned_name
from assay.contract.population import Population
from assay.contract.values import Raw, day_name
from assay.errors import AssayError, sample
from assay.labels.policy import ungradable
from assay.preparation.features import Featurizer, categorised, matrix
from assay.preparation.prepare import Preparer, require_columns, require_rows
from assay.preparation.reduced_contract import collected
from assay.preparation.request import optional, request_contract, without_optional
from assay.records.columns import CODE, DATE, RECORD_ID, UNGRADABLE
from assay.records.plain import require_distinct
from assay.scoring.reason_choice import Reasons

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle
    from assay.config.dataset import Dataset
    from assay.contract.arrays import Array
    from assay.preparation.prepare import Judged

TEXTS = {RECORD_ID: TEXT, CODE: TEXT}
CORRECT = "correct the records"
CONTRACT, POPULATION = "contract", "outside the population"


@dataclass(frozen=True)
class Fault:
    """Why a record has no score, or what was changed before it got one.

    kind: `CONTRACT`, `POPULATION` or `UNGRADABLE`. rule: the rule of the contract that it breaks, and its columns; ""
    and none for the other kinds. why: in words.
    """

    kind: str
    why: str
    rule: str = ""
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind != CONTRACT:
            return self.kind if self.kind == self.why else f"{self.kind}: {self.why}"
        return " ".join(filter(None, [f"{self.kind}:", ", ".join(self.columns), f"{self.why} ({self.rule})"]))


@dataclass(frozen=True)
class Scored:
    """A batch of n records, in the order in which they came.

    ids: the record ids, (n,) object. scores: (n,), NaN where there is none. alerts: (n,) bool. faults: why a record has
    no score, by its position; changed: what was set missing in a record that has one. features: by name, of the records
    that have a score, whose positions are `places`. dates: of all records, (n,) datetime64[s], NaT where there is none;
    None if the contract has no time.
    """

    ids: np.ndarray
    scores: np.ndarray
    alerts: np.ndarray
    faults: Mapping[int, Sequence[Fault]]
    changed: Mapping[int, Sequence[Fault]]
    features: "Mapping[str, Array]"
    places: np.ndarray
    dates: np.ndarray | None = None


class Scorer:
    """Scores any number of batches with one bundle; of any size, each record by itself."""

    def __init__(self, bundle: "Bundle") -> None:
        whole, own = collected(bundle.dataset), bundle.knowledge()
        self.bundle = bundle
        self.contract = request_contract(whole, derived=bundle.features.derived and own.derives)
        self.optional = {name for name, column in self.contract.columns.items() if optional(column)}
        # Most requests have no optional column, and are then prepared in less time.
        self.prepare = Preparer(bundle.dataset, self.contract)
        self.prepare_without = Preparer(bundle.dataset, without_optional(self.contract))
        self.unread = {*bundle.dataset.columns} - {*self.contract.columns}
        self.outside = Population(self.contract, cleaned_kinds(self.contract))
        self.features = Featurizer(bundle.dataset, bundle.features, own)
        self.score = model_score(bundle)
        self.contributions = contributions  # compared with the scores once

    def __call__(self, records: "pd.DataFrame | Raw", where: str = "the request") -> Scored:
        """Score the records of a table, of texts or typed values; or columns as `raw` and a request give them.

        AssayError as of `raw`.
        """
        batch = records if isinstance(records, Raw) else self.raw(records, where)
        prepare = self.prepare_without if self.optional.isdisjoint(batch.columns) else self.prepare
        judged = prepare.judge(batch)
        faults = _noted(judged, STOP, QUARANTINE)
        kept = _but(len(batch), faults)
        prepared, places = prepare.columns(judged, kept), np.flatnonzero(kept)
        outside = self._outside(prepared)
        faults |= {place: [fault] for place, fault in zip(places.tolist(), outside, strict=True) if fault}
        inside = np.array([fault is None for fault in outside], "bool")
        if not inside.all():
            prepared, places = {name: values[inside] for name, values in prepared.items()}, places[inside]
        columns = self.features(prepared, batch.index[places])
        scores = np.full(len(batch), np.nan)
        scores[places] = self.score(columns) if len(places) else []
        changed = {place: found for place, found in _noted(judged, SET_MISSING).items() if place not in faults}
        ids = judged.values.ids.to_numpy("object")
        days = judged.values.columns[day_name(self.contract)] if self.contract.time else None
        dates = None if days is None else np.asarray(days, "datetime64[s]")
        return Scored(ids, scores, scores >= self.bundle.threshold, faults, changed, columns, places, dates)

    def raw(self, table: pd.DataFrame, where: str) -> Raw:
        """The columns of a table that are read, of texts or typed values; either all optional ones, or none.

        AssayError if others are missing or unknown, if there is no row, or if two rows or columns have the same name.
        """
        names = [name for name in table.columns if name not in self.unread]
        absent = {name for name in self.optional if name not in table}
        require_columns(names, [name for name in self.contract.columns if name not in absent], where, CORRECT)
        require_distinct(names, where, CORRECT)
        require_rows(len(table), where, CORRECT)
        if not table.index.is_unique:
            raise AssayError("rows with the same label", where=where, todo="number them anew: reset_index(drop=True)")
        without = absent if absent < self.optional else set()
        nothing = pd.array([""] * len(table), dtype="str")
        return Raw({**Raw.of(table).columns, **dict.fromkeys(without, nothing)}, table.index)

    def explanations(self, scored: Scored, chosen: np.ndarray, top: int = TOP) -> dict[int, Explanation]:
        """Why the `chosen` records, (n,) bool, have their scores, by position; those without a score are left out.

        AssayError if the model has no exact reasons.
        """
        wanted = chosen[scored.places]
        if not wanted.any():
            return {}
        X = feature_table({name: values[wanted] for name, values in scored.features.items()}, self.bundle.vocabularies)
        parts, self.contributions = self.contributions(self.bundle.estimator, X), unchecked
        found = explained(parts, X, self.bundle.description, top)
        return dict(zip(scored.places[wanted].tolist(), found, strict=True))

    def _outside(self, records: "Mapping[str, Array]") -> list[Fault | None]:
        """Why each prepared record gets no score although it keeps the contract."""
        reasons = self.outside(records, len(records[RECORD_ID]))
        codes = records.get(CODE)
        doubtful = np.zeros(len(reasons), "bool")
        if codes is not None and (known := codes != "").any():
            doubtful[known] = ungradable(pd.Series(codes[known]), self.bundle.labels)
        return [
            Fault(POPULATION, reason) if reason else Fault(UNGRADABLE, UNGRADABLE) if unclear else None
            for reason, unclear in zip(reasons, doubtful, strict=True)
        ]


def wanted(scored: Scored, wishes: "Reasons | Sequence[Reasons]") -> np.ndarray:
    """Which records are to get reasons, (n,) bool; wishes: one for all, or one for each record."""
    said = np.broadcast_to(np.asarray(wishes, "object"), len(scored.ids))
    return (said == Reasons.ALL) | (scored.alerts & (said == Reasons.ALERTS))


def model_score(bundle: "Bundle") -> "Callable[[Mapping[str, Array]], np.ndarray]":
    """The scores, (n,), of features by name; from a matrix of numbers, if the model takes one.

    It raises an AssayError if the features are not those of the model, in its order.
    """
    estimator, known = bundle.estimator, bundle.vocabularies
    by_place = hasattr(estimator, "takes_places") and estimator.takes_places(list(known.values()))
    as_asked = matrix if by_place else feature_table

    def scored(columns: "Mapping[str, Array]") -> np.ndarray:
        if tuple(columns) != bundle.columns:
            different = sorted({*columns} ^ {*bundle.columns}) or ["their order"]
            raise AssayError(f"not the features that the model was fitted on: {sample(different)}")
        return score(estimator, as_asked(columns, known), bundle.recalibration)

    return scored


def feature_table(columns: "Mapping[str, Array]", vocabularies: Mapping[str, list[str]]) -> pd.DataFrame:
    """Features as the table that a model takes."""
    return categorised(pd.DataFrame(dict(columns)), vocabularies)


def cleaned_kinds(dataset: "Dataset") -> dict[str, str]:
    """The kind of each column of prepared records, for the expressions of the population."""
    dated = {DATE: DAY} if dataset.time else {}
    columns = {cleaned_name(dataset, name): KINDS.get(one.type, one.type) for name, one in dataset.columns.items()}
    return columns | dated | TEXTS


def _noted(judged: "Judged", *actions: str) -> dict[int, list[Fault]]:
    """The rules with one of these actions that each record breaks, by its position."""
    found: dict[int, list[Fault]] = {}
    index = judged.values.raw.index
    for one in judged.violations:
        if one.rule.action in actions and len(one.rows):
            fault = Fault(CONTRACT, one.rule.why, one.rule.name, one.rule.columns)
            for place in index.get_indexer(one.rows).tolist():
                found.setdefault(place, []).append(fault)
    return found


def _but(count: int, places: Collection[int]) -> np.ndarray:
    """(count,) bool: False at these places."""
    kept = np.ones(count, "bool")
    kept[list(places)] = False
    return kept
