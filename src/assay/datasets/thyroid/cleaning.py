"""Repairs of the thyroid records: every rule is a function of the table that says what it did.

All rules but `drop_repeats` look at one record at a time, so that they work on any slice of the table.
"""

import pandas as pd

from assay.contract import checks
from assay.contract.log import SHOWN, WHOLE_RECORD, Change
from assay.datasets import CODE, DATE, RECORD_ID
from assay.datasets.thyroid.columns import (
    CODE_PATTERN,
    FLAGS,
    LABS,
    MAX_AGE,
    MEASURED,
    RAW,
    RAW_CODE,
    RAW_ID,
    REFERRAL_SOURCES,
    SEXES,
)

WHERE = "the raw thyroid table"
REPEAT_LABS = 3


def clean(raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """Typed records, one row each in order of `record_id`, and the log of what was changed.

    `raw` holds texts, as read from the file, "" where nothing stands. Raises AssayError, naming column and
    lines, for a table that breaks the contract: columns, values, codes, identifiers.
    """
    require_contract(raw)
    records, changes = convert(raw)
    for rule in (drop_impossible_age, drop_repeats, note_doubts):
        records, found = rule(records)
        changes += found
    return records.sort_values(RECORD_ID, ignore_index=True), changes


def require_contract(raw: pd.DataFrame) -> None:
    """Refuse a table whose columns, codes, flags or identifiers are not what the source promises."""
    checks.require_columns(raw, RAW, WHERE)
    checks.one_of(raw, dict.fromkeys((*FLAGS, *MEASURED), ("f", "t")), WHERE)
    checks.one_of(raw, {"sex": (*SEXES, ""), "referral_source": REFERRAL_SOURCES}, WHERE)
    codes, ids = raw[RAW_CODE], raw[RAW_ID]
    checks.require(codes.str.fullmatch(CODE_PATTERN), RAW_CODE, codes, "not diagnosis codes", WHERE)
    checks.require(_dates(ids).notna(), RAW_ID, ids, "not yymmdd and a number", WHERE)
    checks.require(~ids.duplicated(keep=False), RAW_ID, ids, "repeated", WHERE)
    for lab, flag in zip(LABS, MEASURED, strict=True):
        agrees = (raw[flag] == "t") == (raw[lab] != "")
        checks.require(agrees, flag, raw[flag], f"at odds with {lab}", WHERE)


def convert(raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """Texts to types; the date of the record is in its identifier (840801013 is no. 013 of 1984-08-01)."""
    numbers = checks.numbers(raw, ("age", *LABS), WHERE)
    records = pd.DataFrame(
        {
            RECORD_ID: raw[RAW_ID],
            DATE: _dates(raw[RAW_ID]),
            "age": numbers["age"],
            "sex": pd.Categorical(raw["sex"].where(raw["sex"] != ""), categories=SEXES),
            **{flag: raw[flag] == "t" for flag in FLAGS},
            **{lab: numbers[lab] for lab in LABS},
            "referral_source": pd.Categorical(raw["referral_source"], categories=REFERRAL_SOURCES),
            CODE: raw[RAW_CODE],
        }
    )
    empty = [
        Change("empty_is_missing", (name,), "convert", int((raw[name] == "").sum()), "an empty text is no value")
        for name in ("sex", *LABS)
    ]
    redundant = Change(
        "measured_flags", MEASURED, "drop column", len(MEASURED), "each says only whether its value is there"
    )
    return records, [*empty, redundant]


def drop_impossible_age(records: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """An age that nobody reaches becomes missing; the rest of the record stays."""
    impossible = (records["age"] > MAX_AGE) | (records["age"] < 0)
    change = _change(
        records, impossible, "impossible_age", ("age",), "set missing", f"no age lies outside 0 to {MAX_AGE}"
    )
    return records.assign(age=records["age"].mask(impossible)), [change]


def drop_repeats(records: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """Drop the later of two records that agree in everything but the identifier and have several results.

    Needs the whole table. Records with fewer than three results can coincide by chance, and are kept. The date
    is part of the identifier, so it may differ.
    """
    content = [name for name in records if name not in (RECORD_ID, DATE)]
    repeated = records.sort_values(RECORD_ID).duplicated(content).reindex(records.index)
    rich = records[list(LABS)].notna().sum(axis=1) >= REPEAT_LABS
    changes = [
        _change(
            records,
            repeated & rich,
            "repeated_record",
            WHOLE_RECORD,
            "drop record",
            "the same record entered twice",
        ),
        _change(
            records,
            repeated & ~rich,
            "sparse_repeat",
            WHOLE_RECORD,
            "keep",
            "so little is known that it may be chance",
        ),
    ]
    return records[~(repeated & rich)], changes


def note_doubts(records: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """Count what looks odd and may be true; nothing is changed."""
    deviation = (records["FTI"] * records["T4U"] / records["TT4"] - 1).abs()
    pregnant = records["pregnant"]
    doubts = [
        ("fti_off_by_10_percent", ("FTI", "TT4", "T4U"), deviation > 0.1, "FTI should be TT4 / T4U"),
        ("fti_off_by_50_percent", ("FTI", "TT4", "T4U"), deviation > 0.5, "FTI should be TT4 / T4U"),
        ("pregnant_over_50", ("pregnant", "age"), pregnant & (records["age"] > 50), "rare, not impossible"),
        (
            "pregnant_sex_missing",
            ("pregnant", "sex"),
            pregnant & records["sex"].isna(),
            "sex is not filled in",
        ),
        (
            "both_queries",
            ("query_hypothyroid", "query_hyperthyroid"),
            records["query_hypothyroid"] & records["query_hyperthyroid"],
            "the referrer asked about both",
        ),
        ("no_result", LABS, records[list(LABS)].isna().all(axis=1), "excluded later: nothing to judge by"),
    ]
    return records, [_change(records, mask, rule, names, "keep", why) for rule, names, mask, why in doubts]


def _dates(ids: pd.Series) -> pd.Series:
    days = ids.where(ids.str.fullmatch(r"\d{9}")).str[:6]
    return pd.to_datetime("19" + days, format="%Y%m%d", errors="coerce").astype("datetime64[s]")


def _change(
    records: pd.DataFrame, mask: "pd.Series[bool]", rule: str, columns: tuple[str, ...], action: str, reason: str
) -> Change:
    ids = records.loc[mask, RECORD_ID]
    return Change(rule, columns, action, int(mask.sum()), reason, tuple(sorted(ids)[:SHOWN]))
