"""Questions in a contract or a label policy that only a person can answer; until then nothing runs."""

from collections.abc import Iterator, Mapping
from typing import Any

from assay.errors import AssayError

OPEN = "??? "  # begins a text that stands where the answer is to be written
GROUPS_WITH_QUESTIONS = ("dataset", "labels")


def require_answered(plain: Mapping[str, Any]) -> None:
    """AssayError with each question that is still open, its key and its file."""
    found = [(group, key, text) for group in GROUPS_WITH_QUESTIONS for key, text in questions(plain.get(group), group)]
    if not found:
        return
    files = dict.fromkeys(f"conf/{group}/{_name(plain[group])}.yaml" for group, _, _ in found)
    said = [f"{key}: {text}" for _, key, text in found]
    several = "\n  ".join([f"{len(said)} questions are open:", *said])
    what = several if len(said) > 1 else f"a question is open: {said[0]}"
    raise AssayError(what, where=", ".join(files), todo=f"write the answer there, in place of the text after {OPEN}")


def questions(node: object, key: str) -> Iterator[tuple[str, str]]:
    """The open questions in plain values, each with its key; that of a list is the list's."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from questions(value, f"{key}.{name}")
    elif isinstance(node, list | tuple):
        for value in node:
            yield from questions(value, key)
    elif isinstance(node, str) and node.startswith(OPEN):
        yield key, node.removeprefix(OPEN)


def _name(group: Mapping[str, Any]) -> str:
    return str(group.get("name", "*"))
