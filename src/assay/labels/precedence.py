"""Which code is in force for a record: source code < single decision < agreed decision < adjudication.

- Each annotator's last decision stands (see `decision.standing`); an adjudicator's last one settles the record.
- Two or more annotators agree only if nobody dissents. If they differ, the record is disputed and the source code
  stays in force: if the first, the last or the majority decided, the label would depend on who was asked and when.
- To agree is to choose the same code. E and F differ even if a policy takes both as disease: another may not.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.labels.decision import ADJUDICATOR, Decision, standing
from assay.records.columns import CODE, CODE_IN_FORCE, RECORD_ID

SOURCE, SINGLE, AGREED, ADJUDICATED, DISPUTED = KINDS = "source", "single", "agreed", "adjudicated", "disputed"
DECIDED_BY, DECISIONS, ANNOTATORS = "decided_by", "decisions", "annotators"


@dataclass(frozen=True)
class Verdict:
    """The result of all decisions on one record. `code` is "" if the source code stays in force.

    annotators: who decided; for an adjudicated record, the adjudicator. decisions: how many decisions stand.
    """

    kind: str = SOURCE
    code: str = ""
    annotators: tuple[str, ...] = ()
    decisions: int = 0


def verdict(decisions: Iterable[Decision]) -> Verdict:
    """The verdict on one record, from all decisions on it."""
    stand = standing(decisions)
    settled = [one for one in stand if one.role == ADJUDICATOR]
    votes = [one for one in stand if one.role != ADJUDICATOR]
    names = tuple(sorted(one.annotator for one in votes))
    if settled:
        last = max(settled, key=lambda one: one.time)
        return Verdict(ADJUDICATED, last.code, (last.annotator,), len(stand))
    if len({one.code for one in votes}) > 1:
        return Verdict(DISPUTED, "", names, len(stand))
    if votes:
        kind = SINGLE if len(votes) == 1 else AGREED
        return Verdict(kind, votes[0].code, names, len(stand))
    return Verdict()


def verdicts(decisions: Iterable[Decision]) -> dict[str, Verdict]:
    """The verdict on every record that has a decision, by record id."""
    by_record = defaultdict(list)
    for one in decisions:
        by_record[one.record_id].append(one)
    return {record_id: verdict(group) for record_id, group in by_record.items()}


def merge(records: pd.DataFrame, decisions: Iterable[Decision]) -> pd.DataFrame:
    """The code in force for each record, and who decided it.

    records: `record_id` and `code` (str). Result, with the same index: both of these, `code_in_force` (the code in
    force), `decided_by` (one of `KINDS`), `decisions` (int64, how many stand) and `annotators` (names, separated by
    spaces).
    """
    decided, rows = verdicts(decisions), len(records)
    columns: dict[str, Any] = {
        CODE_IN_FORCE: records[CODE].array.copy(),
        DECIDED_BY: _repeated(SOURCE, rows),
        DECISIONS: np.zeros(rows, "int64"),
        ANNOTATORS: _repeated("", rows),
    }
    places = np.flatnonzero(records[RECORD_ID].isin(list(decided)))  # few of many records
    found = [decided[one] for one in records[RECORD_ID].iloc[places]]
    if found:  # a column at a time: to set one of many texts copies them all
        codes = zip(found, records[CODE].iloc[places], strict=True)
        columns[CODE_IN_FORCE][places] = [one.code or code for one, code in codes]
        columns[DECIDED_BY][places] = [one.kind for one in found]
        columns[DECISIONS][places] = [one.decisions for one in found]
        columns[ANNOTATORS][places] = [" ".join(one.annotators) for one in found]
    return records[[RECORD_ID, CODE]].assign(**columns)


def _repeated(text: str, rows: int) -> Any:
    return pd.array(pa.repeat(pa.scalar(text, pa.large_string()), rows), dtype="str")
