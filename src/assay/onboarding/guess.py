"""Guesses of the columns of a table that nobody has described yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assay.config.dataset import CATEGORY, DAY, FEATURE, FLAG, ID, IGNORE, NUMBER, PERSONAL, TEXT
from assay.contract.numbers import EXACT, number, rounded_texts
from assay.contract.values import NO, YES
from assay.errors import AssayError
from assay.onboarding.blanks import merged_cells
from assay.onboarding.days import days, doubts_of_days
from assay.onboarding.number_doubts import another_form, different_units
from assay.onboarding.numbers import Numbers, numbers
from assay.onboarding.references import REFERENCE, is_reference
from assay.onboarding.spelling import alike, listed
from assay.text import visible

MARKERS = (
    "NA",
    "N/A",
    "n/a",
    "n.a.",
    "nan",
    "NaN",
    "NaT",
    "<NA>",
    "null",
    "NULL",
    "None",
    "none",
    "?",
    "missing",
    "unknown",
)
NONE_WORDS = ("None", "none")  # among words a class of its own, such as of a medication
SPREADSHEET_ERRORS = """
    #N/A #DIV/0! #VALUE! #REF! #NAME? #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #UNKNOWN! #GETTING_DATA
    #NV #WERT! #BEZUG! #ZAHL! #N/D #VALEUR! #NOM? #NOMBRE! #¡VALOR! #¡REF! #¡DIV/0! #¿NOMBRE? #¡NUM!
"""
ERRORS = tuple(SPREADSHEET_ERRORS.split())
NUMBER_MARKERS = ("-", "--", ".")  # no value where the rest of the column is numbers, and a value elsewhere
PERSONAL_NAME = re.compile(
    r"names?(?![a-z])|(?<![a-z])name|e-?mail|phone|address|street|birth_?da|(?<![a-z])dob|passport|(?<![a-z])ssn|insurance",
    re.IGNORECASE,
)
ID_NAME = re.compile(r"(?i:(^|[_\W])(id|key|uuid|mrn)$)|[a-z]I[dD]$")
PERSONS = (
    r"subj(ect)?|pat(ient)?|pt|person|participant|resp(ondent)?|cust(omer)?|client|user|member|employee|student|pupil|"
    r"donor|animal"
)
ENTITIES = r"case|household|hh|family|accou?nt|acct|hadm|stay|admission|enc(ounter)?|rec(ord)?|sample|specimen"
PERSON_NAME = re.compile(rf"(us)?({PERSONS}|{ENTITIES})[ _.-]?(id|nr|num(ber)?|no)\.?|{PERSONS}|seqn", re.IGNORECASE)
FEWEST = 6  # persons, from which a column of their name or number is no category
ROW_NAME = re.compile(r"row_?(name|number|id)?s?|unnamed: 0", re.IGNORECASE)  # as R and pandas write them
MOST_LISTED, LONG = 20, 40  # values of a category that are listed; letters on average above which a text is prose
WHEN = "if it says when the record was made: set role ignore, enter it as time, and choose split=temporal"
DATE_NAME = re.compile(
    r"(^|[^a-z])(date|datum|fecha|timestamp|datetime)($|[^a-z])|date$|datum$|_(dt|at|on)$", re.IGNORECASE
)
COUNTED = "numbers where the name says dates (days since 1900 in a spreadsheet, or seconds since 1970?)"
LIKE_AN_EXPONENT = r"\dE\d\d"  # as codes of ICD-11 are: 1E30, which a program takes for a number of 31 digits
SCIENTIFIC = r"\d\.?\d*[eE]\+?\d+"
MOST_SAID, MOST_SHOWN = 5, 60
LONGEST_CLASS = 1000  # letters of a class; a longer text is prose
UNNAMED = re.compile(r"Unnamed: \d+")


@dataclass
class Guess:
    """The entry of a column in the contract, and remarks for the person who decides. values: of a column of numbers."""

    entry: dict[str, Any]
    remarks: list[str] = field(default_factory=list)
    values: "pd.Series[float] | None" = None

    @property
    def role(self) -> str:
        return self.entry.get("role", FEATURE)


def markers(raw: pd.DataFrame) -> list[str]:
    """The texts that seem to mean no value."""
    found = {""}
    for _, column in raw.items():
        values = {*map(str, column.unique().tolist())}
        found |= {value for value in values if value in (*MARKERS, *ERRORS) or not value.strip()}
        found |= {marker for marker in NUMBER_MARKERS if marker in values and _numbers_but(column, marker)}
    return sorted(found)


def stored_as(values: pd.Series) -> str | None:
    """The type that a column of Parquet has by its own schema; None for numbers and texts, which can mean anything."""
    if pd.api.types.is_bool_dtype(values):
        return FLAG
    if pd.api.types.is_datetime64_any_dtype(values):
        return DAY
    whole = values.dropna() if pd.api.types.is_integer_dtype(values) else values[:0]
    return TEXT if any(abs(int(one)) > EXACT for one in (whole.min(), whole.max()) if len(whole)) else None


def guess(
    name: str,
    text: "pd.Series[str]",
    kind: str | None = None,
    missing: Sequence[str] = (),
    *,
    decimal_comma: bool = False,
) -> Guess:
    """The guess for a column of texts ("" for no value), by its name and its values.

    kind: as `stored_as` says. missing: the markers of the table. decimal_comma: whether other columns have one. What
    begins with `assay.config.questions.OPEN` asks a person. AssayError for identifiers that have lost digits.
    """
    there = text[text != ""]
    if there.empty:
        return Guess({"type": TEXT, "role": IGNORE, "nullable": True}, ["has no value at all"])
    found = _by_name(name, there) or _by_kind(kind) or _by_values(there, list(missing), decimal_comma)
    if UNNAMED.fullmatch(name):
        found.remarks.append("has no name in the file")
    if len(there) == len(text) > 1 and there.iloc[0] == there.iloc[-1] and there.nunique() == 1:
        found.remarks.append(f"{visible(there.iloc[0])[:MOST_SHOWN]} in every record: it tells nothing")
    if found.entry["type"] == NUMBER and DATE_NAME.search(name):
        found.remarks.append(f"{COUNTED}; {WHEN}")
    if "missing" not in found.entry and (question := merged_cells(text, there, certain=found.role == ID)):
        found.entry["missing"] = [question]
    if len(there) < len(text) or "missing" in found.entry:
        found.entry["nullable"] = True
    return found


def none_as_class(raw: "pd.Series[str]", found: Guess, missing: Sequence[str]) -> None:
    """Keep None as a class of a category whose other values are words: nothing is taken, and not nobody knows.

    raw: the column before the markers of the table, `missing`, were taken out of it.
    """
    if found.entry["type"] != CATEGORY or "values" not in found.entry or "missing" in found.entry:
        return
    there = raw[raw.isin({*NONE_WORDS} & {*missing})].value_counts()
    if there.empty:
        return
    rest = [marker for marker in missing if marker not in there]
    found.entry |= {"values": sorted([*found.entry["values"], *map(str, there.index)]), "missing": rest}
    if not raw.isin(rest).any():
        found.entry.pop("nullable", None)
    found.remarks.append(f"{listed(there)}: kept as a class; if it means no value, list it under missing, not values")


def is_unique(text: "pd.Series[str]") -> bool:
    """Whether every record has a value of its own."""
    return bool(text.is_unique and text.ne("").all())


def _by_name(name: str, there: "pd.Series[str]") -> Guess | None:
    if ROW_NAME.fullmatch(name) and is_unique(there):
        return Guess({"type": TEXT, "role": ID})
    if PERSONAL_NAME.search(name) and there.nunique() > MOST_LISTED:
        return Guess({"type": TEXT, "role": PERSONAL}, ["looks personal: it will not even be collected"])
    return _identifier(name, there) if ID_NAME.search(name) or _numbers_persons(name, there) else None


def _numbers_persons(name: str, there: "pd.Series[str]") -> bool:
    """Whether a column that is called patient, subject or case no. names persons by numbers, as S01 or 17."""
    coded = PERSON_NAME.fullmatch(name.strip()) and there.str.fullmatch(r"[^.,]*\d[^.,]*|\d+\.0").all()
    return bool(coded) and there.nunique() >= FEWEST


def _identifier(name: str, there: "pd.Series[str]") -> Guess:
    if len(cut := there[there.str.fullmatch(SCIENTIFIC)]):
        what = f"{len(cut)} identifiers like {cut.iloc[0]}: a spreadsheet has cut their digits"
        raise AssayError(what, where=f"column {name}", todo="export it as text, from where its digits are whole")
    return Guess({"type": TEXT, "role": ID})


def _by_kind(kind: str | None) -> Guess | None:
    if kind == DAY:
        return Guess({"type": DAY}, [WHEN])
    if kind == TEXT:
        return _long_numbers()
    return Guess({"type": kind}) if kind else None


def _long_numbers() -> Guess:
    return Guess(
        {"type": TEXT, "role": IGNORE}, [f"numbers above {EXACT}, kept as text: if an identifier, set role id"]
    )


def _by_values(there: "pd.Series[str]", missing: list[str], decimal_comma: bool) -> Guess:
    first = str(there.iloc[0])  # what it is not, the column is not: most columns need no more
    if _is_flag(first) and (flag := _flag(there)):
        return flag
    if re.fullmatch(r"\d+", first) and there.str.fullmatch(r"0\d+").any() and there.str.fullmatch(r"\d+").all():
        return _leading_zeros(there)
    if re.fullmatch(LIKE_AN_EXPONENT, first) and there.str.fullmatch(LIKE_AN_EXPONENT).all():
        return _like_exponents(there)
    if entry := days(there):
        return Guess(entry, [WHEN, *doubts_of_days(there, str(entry.get("format")))])
    if found := numbers(there, missing, decimal_comma):
        return _of_numbers(there, found)
    if question := different_units(there) or another_form(there):
        return Guess({"type": question})
    return _among_numbers(there, _of_texts(there))


def _among_numbers(there: "pd.Series[str]", found: Guess) -> Guess:
    """The guess, with a remark if half of the values or more are numbers."""
    finite = np.isfinite(pd.to_numeric(there, errors="coerce").to_numpy("float64"))
    others = there[~finite].value_counts()
    if 0 < 2 * others.sum() <= len(there):
        said = f"{len(there) - others.sum()} of {len(there)} values are numbers, and these are not: {listed(others)}"
        found.remarks.append(f"{said}: if they mean no value, list them under missing, and set type number")
    return found


def _flag(there: "pd.Series[str]") -> Guess | None:
    """The guess where all values are words for yes and no, and both are there."""
    words = there.str.strip().str.lower().value_counts()
    if not all(({*words.index} <= {*YES, *NO}, {*words.index} & {*YES}, {*words.index} & {*NO})):
        return None
    several = f"yes and no in {len(words)} spellings: {listed(words, len(words))}"
    return Guess({"type": FLAG}, [several] * (len(words) > 2))


def _is_flag(text: str) -> bool:
    return text.strip().lower() in (*YES, *NO)


def _of_numbers(there: "pd.Series[str]", found: Numbers) -> Guess:
    if not found.entry:
        each = there.to_numpy("object")
        if rounded_texts(each, number(each)).any():
            return _long_numbers()
    counting = is_unique(there) and len(there) > MOST_LISTED and not there.str.contains("[.,]").any()
    remarks = [*found.remarks, *["another number in each record: if an identifier, set role id"] * counting]
    return Guess({"type": NUMBER, **found.entry}, remarks, found.values)


def _leading_zeros(there: "pd.Series[str]") -> Guess:
    zeros = f"numbers with zeros before them ({there[there.str.startswith('0')].iloc[0]}): kept as texts"
    if is_unique(there):
        return Guess(
            {"type": TEXT, "role": IGNORE}, [f"{zeros}; another in each record: if an identifier, set role id"]
        )
    found = _of_texts(there)
    return Guess(found.entry, [zeros, *found.remarks])


def _like_exponents(there: "pd.Series[str]") -> Guess:
    codes = f"codes like {there.iloc[0]}, kept as texts: if they are numbers, set type number"
    found = _of_texts(there)
    return Guess(found.entry, [codes, *found.remarks])


def _of_texts(there: "pd.Series[str]") -> Guess:
    counts = there.value_counts()
    values = sorted(map(str, counts.index))
    if any(map(is_reference, values)) and len(values) <= MOST_LISTED:
        unlisted = f"no values are listed: one has {REFERENCE} or ???, a reference or a question to the configuration"
        return Guess({"type": CATEGORY}, [unlisted])
    lengths = there.str.len()
    if len(values) <= MOST_LISTED and lengths.max() <= LONGEST_CLASS:
        return Guess({"type": CATEGORY, "values": values}, _spellings(counts))
    if len(values) > len(there) / 2 or lengths.mean() > LONG or lengths.max() > LONGEST_CLASS:
        return Guess({"type": TEXT, "role": IGNORE}, ["free text: no feature"])
    many = f"{len(values)} different values: the most frequent of train will be kept"
    return Guess({"type": CATEGORY}, [many, *_spellings(counts)])


def _spellings(counts: "pd.Series[int]") -> list[str]:
    """A remark on values that differ in spelling alone."""
    if len({alike(str(text)) for text in counts.index}) == len(counts):
        return []
    groups = counts.groupby(alike)
    twice = [listed(part) for _, part in groups if len(part) > 1]
    return [f"spelled in several ways, which count as different: {'; '.join(twice[:MOST_SAID])}"] if twice else []


def _is_number(there: "pd.Series[str]") -> bool:
    return bool(np.isfinite(pd.to_numeric(there, errors="coerce").astype("float64")).all())


def _numbers_but(text: "pd.Series[str]", marker: str) -> bool:
    rest = text[~text.isin(["", marker, *MARKERS, *ERRORS])]
    return len(rest) > 0 and _is_number(rest)
