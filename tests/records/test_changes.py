"""The cleaning log as plain data."""

from assay.records.changes import Change, summary


def test_the_summary_keeps_the_order_of_the_rules() -> None:
    changes = [Change("later", ("b",), "keep", 0, "why"), Change("earlier", ("a",), "set missing", 1, "why", ("7",))]
    log = summary(changes, rows_in=3, rows_out=2)
    assert (log["rows_in"], log["rows_out"]) == (3, 2)
    assert [rule["rule"] for rule in log["rules"]] == ["later", "earlier"]
    assert log["rules"][1] == {
        "rule": "earlier",
        "columns": ("a",),
        "action": "set missing",
        "count": 1,
        "reason": "why",
        "records": ("7",),
    }
