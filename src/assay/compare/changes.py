"""The differences between two revisions besides the model: parameters, records, labels."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from assay.evaluation.criteria import MET, criterion_title
from assay.experiments.parameters import param_changes
from assay.experiments.revisions import Revision
from assay.labels.classes import Flips, flips
from assay.presentation import words


@dataclass(frozen=True)
class Changes:
    """The differences. params: key to (base, head). records: the numbers of added, removed and changed records.

    columns: the number of changed records by column. labels: (class in base, class in head) to the number of records.
    policies: name and version on both sides. unmet: the criteria that base does not meet, and those of head. warned:
    what the audit warns of in base, and in head.
    """

    params: dict[str, tuple[Any, Any]]
    records: dict[str, int]
    columns: dict[str, int]
    labels: Flips
    policies: tuple[str, str]
    unmet: tuple[list[str], list[str]]
    warned: tuple[list[str], list[str]]

    @property
    def any_data(self) -> bool:
        """Whether records or labels differ."""
        return any(self.records.values()) or bool(self.labels)


def changes(base: Revision, head: Revision) -> Changes:
    """All differences between the tracked files of both sides."""
    records, columns = record_changes(base.records, head.records)
    return Changes(
        params=param_changes(base.params, head.params),
        records=records,
        columns=columns,
        labels=label_changes(base.labels, head.labels),
        policies=(policy_of(base.labels), policy_of(head.labels)),
        unmet=(_unmet(base.findings), _unmet(head.findings)),
        warned=(base.warnings, head.warnings),
    )


def record_changes(base: pd.DataFrame, head: pd.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """The numbers of records added, removed and changed, and the number of changed ones by column.

    base, head: tables indexed by record id. A column that only one side has counts as changed in every common record.
    """
    common = base.index.intersection(head.index)
    names = sorted(set(base.columns) | set(head.columns))
    before, after = (table.loc[common].reindex(columns=names).astype("object") for table in (base, head))
    differs = (before != after) & ~(before.isna() & after.isna())
    one_sided = sorted(set(base.columns) ^ set(head.columns))
    differs[one_sided] = True
    columns = {str(name): int(count) for name, count in differs.sum().items() if count}
    counts = {"added": len(head) - len(common), "removed": len(base) - len(common)}
    return {**counts, "changed": int(differs.any(axis=1).sum())}, columns


def label_changes(base: pd.DataFrame, head: pd.DataFrame) -> Flips:
    """The number of common records for each change of class; base, head: annotated tables indexed by record id."""
    common = base.index.intersection(head.index)
    return flips(base.loc[common], head.loc[common])


def policy_of(labels: pd.DataFrame) -> str:
    """The name and version of the policy behind annotated records."""
    return f"{labels['policy'].iloc[0]} v{labels['policy_version'].iloc[0]}"


def _unmet(findings: list[dict[str, Any]]) -> list[str]:
    return [
        f"{criterion_title(one['criterion'])} {words.number(one['value'], one['criterion'])} ({one['asked']})"
        for one in findings
        if one["verdict"] != MET
    ]
