"""What tests share: a small raw table that obeys the thyroid contract, and the repository's root."""

from pathlib import Path

import pandas as pd
import pytest

from assay.datasets.thyroid.columns import FLAGS, LABS, MEASURED

ROOT = Path(__file__).parents[1]


def raw_record(record_id: str, **values: str) -> dict[str, str]:
    """One raw thyroid record as texts: a healthy woman of 40 with every result but TBG, changed by `values`.

    `X_measured` follows from whether X stands there.
    """
    record = {
        "patient_id": record_id,
        "age": "40",
        "sex": "F",
        **dict.fromkeys(FLAGS, "f"),
        **dict(zip(LABS, ("1.5", "2.0", "100", "1.0", "100", ""), strict=True)),
        "referral_source": "other",
        "target": "-",
        **values,
    }
    measured = {flag: "t" if record[lab] else "f" for lab, flag in zip(LABS, MEASURED, strict=True)}
    return {**measured, **record}


def raw_table(*records: dict[str, str]) -> pd.DataFrame:
    """A raw table as `clean` reads it: every value a text."""
    return pd.DataFrame(list(records), dtype="str")


@pytest.fixture
def raw() -> pd.DataFrame:
    """Three different healthy records of three days."""
    return raw_table(
        raw_record("840801013"), raw_record("850801014", TSH="2.5"), raw_record("860801015", TSH="3.5", sex="M")
    )
