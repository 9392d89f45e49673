"""Which of two classes is the positive one, as far as their words tell, and what makes that doubtful."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from assay.contract.values import NO, YES
from assay.text import spelled, visible

if TYPE_CHECKING:
    import pandas as pd

HALF = 0.5  # share of records, above which a positive class is not rare
CODES = {("1", "0"), ("1.0", "0.0"), ("t", "f"), ("y", "n"), ("+", "-")}  # which say so only beside each other
CODES_YES, CODES_NO = ({*map(str, side)} for side in zip(*CODES, strict=True))
SIMILAR = 0.8  # from 0 to 1: from there on a word may be another spelling of one that is known
POSITIVE_WORDS = """
    positive pos present presence abnormal sick ill disease diseased case malignant cancer died dead death deceased
    event fraud bad churn churned default failure failed defective relapse recurrence infected affected
    unhealthy unwell
"""
NEGATIVE_WORDS = "negative neg absent absence normal well healthy control benign alive survived none ok good unaffected"
POSITIVE, NEGATIVE = {*YES, *POSITIVE_WORDS.split()}, {*NO, *NEGATIVE_WORDS.split()}
WITH_OTHERS = {"control", "present", "alive", "good", "ok", "well", "case"}  # beside another word they say nothing
UNKNOWN = (
    r"un\w*(known|sure|clear|certain|defined|determined|specified|available|tested|readable|reported)|lost|missing|missed|"
    r"censored|pending|ongoing|running|transferred|aborted|excluded|refused|declined|withdrawn|withdrew|"
    r"in(conclusive|determinate|valid)|equivocal|ambiguous|maybe|possibl[ey]|suspected|suspicious|probabl[ey]|likely|"
    r"presumed|borderline|na|nan|none|null|n/?a|nk|nd|dk"
)  # what nobody knows, though it may look like a class
NOBODY_KNOWS = re.compile(rf"\b({UNKNOWN})\b|don'?t|\?")
NOT_KNOWN = re.compile(
    rf"\b({UNKNOWN}|not|still|in|exposed|trace|other)\b|don'?t|\?"
)  # or says nothing of its opposite
GOOD = re.compile(
    r"alive|surviv|(?<!un)healthy|recover|cured|(?<!un)success|solved|(?<!ab)normal|negative|benign|retain|remain|"
    r"free($|[^a-z])|(^|[^a-z])(no|not|non|ok|well|without|pass|passed)($|[^a-z])|[uü]berleb|ueberleb|lebend|gesund|geheilt|"
    r"vivant|gu[eé]ri|vivo|curad"
)  # in the name of a target: 1 or yes may be the outcome that people hope for


def by_words(classes: Sequence[str]) -> str | None:
    """The positive one of two classes, if their names tell."""
    words = [spelled(one) for one in classes]
    if len(classes) != 2 or len({*words}) != 2:
        return None
    if {*words} & (CODES_YES | CODES_NO):
        found = [one for one in (words, words[::-1]) if tuple(one) in CODES]
        return classes[words.index(found[0][0])] if found else None
    yes, no = ([one in known for one in words] for known in (POSITIVE, NEGATIVE))
    if yes == no[::-1] and True in yes:
        return classes[yes.index(True)]
    known = [one for one, *told in zip(words, yes, no, strict=True) if any(told)]
    others = [one for one in words if one not in known]
    if len(known) != 1 or not _is_opposite(known[0], others[0]):
        return None
    return classes[yes.index(True)] if True in yes else classes[1 - no.index(True)]


def _is_opposite(known: str, other: str) -> bool:
    """Whether a class with a word that is not known is the other side of one with a known word.

    >>> _is_opposite("fraud", "genuine"), _is_opposite("case", "no case"), _is_opposite("good", "excellent")
    (True, True, False)
    >>> _is_opposite("yes", "not sure"), _is_opposite("died", "unknown"), _is_opposite("yes", "no answer")
    (False, False, False)
    >>> _is_opposite("positive", "weak positive"), _is_opposite("sick", "sickk")
    (False, False)
    """
    if re.fullmatch(rf"(no|not|non|without)?[\s_-]*{re.escape(known)}", other):
        return True
    if known in WITH_OTHERS or NOT_KNOWN.search(other) or not any(map(str.isalpha, other)):
        return False
    parts = re.findall(r"\w+", other)
    if known in parts or parts[0] in ("no", "not", "non", "without"):  # a kind of the same, or without something else
        return False
    return not get_close_matches(other, POSITIVE | NEGATIVE, n=1, cutoff=SIMILAR)


def doubt(positive: str, counts: "pd.Series[int]", name: str, seen: Sequence[str] = ()) -> str:
    """Why the class whose word says that it is positive may not tell who is; "" if nothing speaks for that.

    seen: columns that may say how long a record was seen.
    """
    word, share = spelled(positive), counts[positive] / counts.sum()
    if word in {*YES, *CODES_YES} and GOOD.search(_words_of(name)):
        return f"{visible(name)} {visible(positive)} may be the outcome that is hoped for. "
    if share > HALF:
        return f"{visible(positive)} has {100 * share:.1f} % of the records, and the rare outcome is to be predicted. "
    if seen:
        said = f"{visible(seen[0])} may say when it came, or until when a record was seen: then others may be censored"
        return f"{said}, and --event, --time and --horizon ask for the outcome (docs/tables.md). "
    return ""


def _words_of(name: str) -> str:
    """A name in small letters, its words apart.

    >>> _words_of("EventFree"), _words_of("no_relapse")
    ('event free', 'no_relapse')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
