"""Label decisions for tests."""

from hypothesis import strategies as st

from assay.labels.decision import ADJUDICATOR, ANNOTATOR, WITHDRAWN, Decision

CODES = r"-|[A-T]+(\|[A-T]+)?"
RECORDS = ("840801013", "840801014", "840801015")


def decision(code: str = "F", annotator: str = "ann", minute: int = 0, **values: str) -> Decision:
    """A valid decision on the first record, in a minute of one hour."""
    time = f"2026-01-31T12:{minute:02}:00Z"
    given = {"record_id": RECORDS[0], "role": ANNOTATOR, "guideline_version": "1", "time": time, **values}
    return Decision(code=code, annotator=annotator, **given)


letters = st.text("ABCDEFGHIJKLMNOPQRST", min_size=1, max_size=3)
codes = st.just("-") | letters | st.builds("{}|{}".format, letters, letters)
decisions = st.builds(
    Decision,
    record_id=st.sampled_from(RECORDS),
    code=codes | st.just(WITHDRAWN),
    annotator=st.sampled_from(["ann", "ben", "c.d-e_9"]),
    role=st.sampled_from([ANNOTATOR, ADJUDICATOR]),
    guideline_version=st.integers(1, 9999).map(str),
    reason=st.text(max_size=100),
)
