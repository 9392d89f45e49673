"""Texts of a table that the configuration would take for a reference or a question."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.config.grammar import quoted
from assay.config.questions import OPEN
from assay.errors import AssayError, sample
from assay.text import visible

if TYPE_CHECKING:
    import pandas as pd

REFERENCE = "${"  # what the configuration would look up, in a value too
RENAME = "rename it in the table: the configuration takes ${...} for a reference, and ??? for a question"


def is_reference(text: str) -> bool:
    """Whether the configuration would look the text up, or take it for a question."""
    return REFERENCE in text or text.startswith(OPEN.strip())


def require_no_reference(texts: Sequence[str]) -> None:
    """AssayError for a text that the configuration takes for a reference or a question: a value of it, not a key."""
    if found := [text for text in texts if is_reference(text)]:
        raise AssayError(f"{REFERENCE} or ??? in a column: {sample(found)}", where="the table", todo=RENAME)


def require_classes_without_reference(targets: Sequence["pd.Series[str]"]) -> None:
    """The same for a class, which an event need not name: all but another one."""
    for target in targets:
        classes = [str(one) for one in target.unique() if str(one).strip()]
        if found := [one for one in classes if is_reference(one)]:
            other = next((one for one in classes if one not in found), "the other class")
            event = f"{quoted(str(target.name))} != {other!r}"
            todo = f"{RENAME}; or call those positive that are not {visible(other)}: --event {shlex.quote(event)}"
            raise AssayError(
                f"{REFERENCE} or ??? in a class: {sample(found)}", where=f"column {target.name}", todo=todo
            )
