"""Small raw tables that obey the thyroid contract, and the repository's root."""

from pathlib import Path

import pandas as pd

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
