"""A label policy applied to diagnosis codes.

A code read as letters is "-" (no diagnosis), letters (each a diagnosis), or "X|Y": consistent with X, more likely Y. A
code read as a whole is the name of a class.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from assay.errors import AssayError, sample
from assay.labels.precedence import ANNOTATORS, DECIDED_BY, DECISIONS
from assay.records.columns import CODE, CODE_IN_FORCE, CODE_RESOLVED, RECORD_ID, UNGRADABLE

if TYPE_CHECKING:
    from assay.config.schema import Labels

NO_CODE, LETTERS = "no code", "letters"
MOST_SHOWN = 20
PROVENANCE = (RECORD_ID, CODE, CODE_IN_FORCE, DECIDED_BY, DECISIONS, ANNOTATORS)
COLUMNS = (*PROVENANCE, CODE_RESOLVED, "label", "policy", "policy_version", "excluded")


def annotate(merged: pd.DataFrame, outside: "pd.Series[str]", policy: "Labels") -> pd.DataFrame:
    """The annotated table, a row per record: label, policy, code and who decided it, and why the record is excluded.

    merged: source codes and codes in force, as from `assay.labels.precedence.merge`. outside: why a record is outside
    the population, or "". Result: the columns `COLUMNS` and the index of `merged`; `label` bool, `excluded` str ("" if
    not). An ungradable record is excluded too; it keeps the label of its letters, so that its effect can be measured.
    """
    resolved = _resolved(merged[CODE_IN_FORCE], policy)
    excluded = outside.mask((outside == "") & _among(resolved, policy.ungradable, policy), UNGRADABLE)
    excluded = excluded.mask((excluded == "") & (resolved == ""), NO_CODE)
    return pd.DataFrame(
        {
            **{name: merged[name] for name in PROVENANCE},
            CODE_RESOLVED: resolved,
            "label": _among(resolved, policy.positive, policy),
            "policy": policy.name,
            "policy_version": policy.version,
            "excluded": excluded,
        }
    )


def require_classes(codes: "pd.Series[str]", policy: "Labels") -> None:
    """AssayError for a class of the policy that no code has: records of the class that was meant would be negative."""
    distinct = pd.Series(codes[codes != ""].unique(), dtype="str")
    named = [*policy.positive, *policy.ungradable]
    if unseen := [one for one in named if not _class_of(distinct, [one], policy).any()]:
        there = sample(sorted(map(str, distinct)), MOST_SHOWN)
        what = f"no record has the class {sample(list(map(repr, unseen)))}; there are: {there}"
        raise AssayError(what, where=f"the label policy {policy.name}", todo="correct it in conf/labels/")


def ungradable(codes: "pd.Series[str]", policy: "Labels") -> "pd.Series[bool]":
    """True for each code of a class that nobody can know, as the policy has it; "" (no code) is none.

    >>> from assay.config.schema import Labels
    >>> ungradable(pd.Series(["F", "FR", ""]), Labels(codes="letters", ungradable=["R"])).tolist()
    [False, True, False]
    """
    return _class_of(codes, policy.ungradable, policy)


def positive(codes: "pd.Series[str]", policy: "Labels") -> "pd.Series[bool]":
    """True for each code that is positive, as the policy has it; of an ungradable one nothing is said by that.

    >>> from assay.config.schema import Labels
    >>> positive(pd.Series(["F", "A|K", "-"]), Labels(codes="letters", positive=["A", "F"])).tolist()
    [True, False, False]
    """
    return _class_of(codes, policy.positive, policy)


def _class_of(codes: "pd.Series[str]", named: list[str], policy: "Labels") -> "pd.Series[bool]":
    return _among(_resolved(codes, policy), named, policy)


def _resolved(codes: "pd.Series[str]", policy: "Labels") -> "pd.Series[str]":
    return of_distinct(codes, more_likely, "object") if policy.codes == LETTERS else codes


def _among(resolved: "pd.Series[str]", named: list[str], policy: "Labels") -> "pd.Series[bool]":
    read = any_letter if policy.codes == LETTERS else whole
    return of_distinct(resolved, lambda codes: read(codes, named), "bool")


def of_distinct(codes: "pd.Series[str]", read: Callable[["pd.Series[str]"], pd.Series], kind: str) -> pd.Series:
    """The reading of each code, of this type; each distinct code is read once: of many records there are few."""
    places, distinct = pd.factorize(codes, use_na_sentinel=False)
    return pd.Series(read(pd.Series(distinct, dtype="str")).to_numpy(kind)[places], codes.index, kind)


def more_likely(codes: "pd.Series[str]") -> "pd.Series[str]":
    """The more likely code Y of each "X|Y"; every other code as it is.

    >>> more_likely(pd.Series(["G|F", "AK", "-"])).tolist()
    ['F', 'AK', '-']
    """
    return codes.str.rsplit("|", n=1).str[-1]


def any_letter(codes: "pd.Series[str]", letters: list[str]) -> "pd.Series[bool]":
    """True for each code that contains any of the letters: one of several diagnoses suffices.

    >>> any_letter(pd.Series(["F", "AK", "-"]), ["A", "B"]).tolist()
    [False, True, False]
    """
    return codes.str.contains(f"[{''.join(letters)}]") if letters else codes.eq("").mask(codes.notna(), False)


def whole(codes: "pd.Series[str]", classes: list[str]) -> "pd.Series[bool]":
    """True for each code that is one of the classes.

    >>> whole(pd.Series(["positive", "invalid"]), ["positive"]).tolist()
    [True, False]
    """
    return codes.isin(classes)


class Counts:
    """Counts the records of an annotated table, batch by batch: used, positive, and excluded by reason."""

    def __init__(self) -> None:
        self.records = 0
        self.reasons: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()

    def add(self, labels: pd.DataFrame) -> None:
        """Count those of a batch."""
        self.records += len(labels)
        self.reasons.update(_each(labels["excluded"]))
        self.codes.update(_each(labels.loc[(labels["excluded"] == "") & labels["label"], CODE_RESOLVED]))

    def stated(self) -> dict[str, object]:
        """For JSON; reasons and codes from the most frequent on, then in order of appearance."""
        used, positive = self.reasons[""], self.codes.total()
        return {
            "records": self.records,
            "used": used,
            "positive": positive,
            "prevalence": positive / used if used else None,
            "excluded": {reason: count for reason, count in self.reasons.most_common() if reason},
            "positive_by_code": dict(self.codes.most_common()),
        }


def _each(values: "pd.Series[str]") -> dict[str, int]:
    """How often each value is there, in order of appearance."""
    return {str(value): int(count) for value, count in values.value_counts(sort=False).items()}
