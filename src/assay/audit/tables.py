"""A check of columns that are made of other tables: they must not know what came after a record's time."""

from assay.audit.base import ERROR, Examination, Finding, LeakCheck
from assay.audit.evidence import Evidence


class FutureRows(LeakCheck):
    code = "A16"
    of_all = True
    title = "Rows of other tables from after a record's time"
    severity = ERROR
    why = "What was measured or noted later is not there when the model is asked, and may tell the outcome."
    mend = "Correct dataset.index, and the time, within and gap of the table: rows count at a record's time or before."

    def examine(self, evidence: Evidence) -> Examination:
        """Rows with extreme values and a later time, added to every table, change no column that is made of it."""
        if evidence.future is None:
            return Examination("no column is made of another table", applies=False)
        changed, tried = evidence.future()
        figure = f"{tried} later rows added"
        if not tried:
            return Examination("no table has a time: nobody can tell what was known", applies=False)
        said = f"{', '.join(changed)} changes with rows from after the time of a record"
        return Examination(figure, (Finding(said, "dataset.made", tuple(changed)),) if changed else ())
