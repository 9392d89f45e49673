"""Which records two revisions label differently, and who decided that."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from assay.compare.changes import label_changes, policy_of
from assay.experiments.revisions import Revision
from assay.labels.classes import Flips, classes, counted, in_words
from assay.labels.precedence import ANNOTATORS, DECIDED_BY, DISPUTED, KINDS
from assay.presentation.markdown import Markdown, table
from assay.records.columns import CODE_IN_FORCE

SHOWN = 50


@dataclass(frozen=True)
class Relabelled:
    """The differences between the labels of two revisions.

    records: the common records whose code or class differs, by id, with `code_before`, `code_after`, `class_before`,
    `class_after`, and head's `decided_by` and `annotators`. flips: (class in base, class in head) to their number.
    added, removed: the number of records of one side only. decided_by: on each side, the number of records by what
    decided them. disputed: ids in head. policies: name and version on both sides.
    """

    base: str
    head: str
    policies: tuple[str, str]
    records: pd.DataFrame
    flips: Flips
    common: int
    added: int
    removed: int
    decided_by: tuple[dict[str, int], dict[str, int]]
    disputed: list[str]


def relabelled(base: Revision, head: Revision) -> Relabelled:
    """Compare the annotated records of two revisions."""
    before, after = base.labels, head.labels
    common = before.index.intersection(after.index)
    return Relabelled(
        base=base.name,
        head=head.name,
        policies=(policy_of(before), policy_of(after)),
        records=differing(before.loc[common], after.loc[common]),
        flips=label_changes(before, after),
        common=len(common),
        added=len(after) - len(common),
        removed=len(before) - len(common),
        decided_by=(counted(before), counted(after)),
        disputed=[str(name) for name in after.index[after[DECIDED_BY] == DISPUTED]],
    )


def differing(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The records whose code in force or class differs; both tables have the same records."""
    sides = {
        "code_before": before[CODE_IN_FORCE],
        "code_after": after[CODE_IN_FORCE],
        "class_before": classes(before),
        "class_after": classes(after),
    }
    table = pd.DataFrame(sides).join(after[[DECIDED_BY, ANNOTATORS]])
    changed = (table["code_before"] != table["code_after"]) | (table["class_before"] != table["class_after"])
    return table[changed]


def as_json(one: Relabelled) -> dict[str, Any]:
    """All differences as plain data, for JSON."""
    return {
        "base": one.base,
        "head": one.head,
        "policies": one.policies,
        "records": {"common": one.common, "added": one.added, "removed": one.removed},
        "flips": in_words(one.flips),
        "decided_by": {"base": one.decided_by[0], "head": one.decided_by[1]},
        "disputed": one.disputed,
        "labels": one.records.reset_index().to_dict("records"),
    }


def as_markdown(one: Relabelled) -> Markdown:
    """For a pull request: counts, then record by record."""
    flipped = ", ".join(f"{count} from {pair}" for pair, count in in_words(one.flips).items())
    heading = Markdown("### Labels of {} against {}: {} of {} records differ")
    classes = Markdown("Classes ({} to {}): {}. {} records added, {} removed.")
    disputed = Markdown("Disputed, the source code stays in force: {}.").format(_listed(one.disputed))
    parts = [
        heading.format(one.head, one.base, len(one.records), one.common),
        classes.format(*one.policies, flipped or "no change", one.added, one.removed),
        table(["decided by", "base", "head"], [(kind, *(side[kind] for side in one.decided_by)) for kind in KINDS]),
        *([disputed] if one.disputed else []),
        *_rows(one.records),
    ]
    return Markdown("\n\n").join(parts)


def _rows(records: pd.DataFrame) -> list[Markdown]:
    if records.empty:
        return []
    rows = [
        (
            row["record_id"],
            _change(row["code_before"], row["code_after"]),
            _change(row["class_before"], row["class_after"]),
            f"{row[DECIDED_BY]} {row[ANNOTATORS]}".strip(),
        )
        for row in records.head(SHOWN).reset_index().to_dict("records")
    ]
    more = [Markdown(f"And {len(records) - SHOWN} more: --json has them all.")] if len(records) > SHOWN else []
    return [table(["record", "code", "class", "decided by"], rows), *more]


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} to {after}"


def _listed(ids: list[str]) -> str:
    return ", ".join(ids[:SHOWN]) + (f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else "")
