"""A label policy applied to diagnosis codes.

A code read as letters is "-" (no diagnosis), letters (each a diagnosis), or "X|Y": consistent with X, more likely Y. A
code read as a whole is the name of a class.
"""

from typing import TYPE_CHECKING

import pandas as pd

from assay.labels.precedence import ANNOTATORS, DECIDED_BY, DECISIONS
from assay.records.columns import CODE, CODE_IN_FORCE, CODE_RESOLVED, RECORD_ID, UNGRADABLE

if TYPE_CHECKING:
    from assay.config.schema import Labels

NO_CODE = "no code"
PROVENANCE = (RECORD_ID, CODE, CODE_IN_FORCE, DECIDED_BY, DECISIONS, ANNOTATORS)
COLUMNS = (*PROVENANCE, CODE_RESOLVED, "label", "policy", "policy_version", "excluded")


def annotate(merged: pd.DataFrame, outside: "pd.Series[str]", policy: "Labels") -> pd.DataFrame:
    """One row per record: its label, the policy, the code that it came from and by whom, and why it is excluded.

    `merged`: source codes and the codes in force, as `merge` gives them. `outside` says why a record is outside the
    population ("" if it is not). An ungradable record keeps the label that its letters give, so that its weight can be
    shown, and is excluded all the same. Columns: `COLUMNS`.
    """
    by_letter = policy.codes == "letters"
    resolved = more_likely(merged[CODE_IN_FORCE]) if by_letter else merged[CODE_IN_FORCE]
    matches = any_letter if by_letter else whole
    ungradable = matches(resolved, policy.ungradable)
    excluded = outside.mask((outside == "") & ungradable, UNGRADABLE)
    excluded = excluded.mask((excluded == "") & (resolved == ""), NO_CODE)
    return pd.DataFrame(
        {
            **{name: merged[name] for name in PROVENANCE},
            CODE_RESOLVED: resolved,
            "label": matches(resolved, policy.positive),
            "policy": policy.name,
            "policy_version": policy.version,
            "excluded": excluded,
        }
    )


def more_likely(codes: "pd.Series[str]") -> "pd.Series[str]":
    """The more likely side of "X|Y"; every other code as it is."""
    return codes.str.rsplit("|", n=1).str[-1]


def any_letter(codes: "pd.Series[str]", letters: list[str]) -> "pd.Series[bool]":
    """True where any of the letters stands in the code: of several diagnoses one suffices."""
    return codes.str.contains(f"[{''.join(letters)}]") if letters else codes.eq("").mask(codes.notna(), False)


def whole(codes: "pd.Series[str]", classes: list[str]) -> "pd.Series[bool]":
    """True where the code is one of the classes."""
    return codes.isin(classes)


def counts(labels: pd.DataFrame) -> dict[str, object]:
    """What the policy made of the table: records used, positive, and excluded by reason."""
    used = labels[labels["excluded"] == ""]
    reasons = labels.loc[labels["excluded"] != "", "excluded"].value_counts()
    return {
        "records": len(labels),
        "used": len(used),
        "positive": int(used["label"].sum()),
        "prevalence": float(used["label"].mean()) if len(used) else None,
        "excluded": {str(reason): int(count) for reason, count in reasons.items()},
        "positive_by_code": _by_code(used),
    }


def _by_code(used: pd.DataFrame) -> dict[str, int]:
    codes = used.loc[used["label"], CODE_RESOLVED].value_counts()
    return {str(code): int(count) for code, count in codes.items()}
