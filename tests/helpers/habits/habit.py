"""A habit of other people's files, and what is to happen to a file that has it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Habit:
    """A file, and what happens: it is read (`entry` in the contract, `first` values of x), asked about, or refused.

    holds, happens: as the README of the cases tells them. says: in the remarks of the draft, in the open question, or
    in the message. todo: in the mend of a refusal. options: of the description, beside the file.
    """

    name: str
    holds: str
    happens: str
    content: bytes
    says: str = ""
    entry: dict[str, Any] | None = None
    dialect: dict[str, Any] | None = None
    first: Sequence[object] = ()
    todo: str = ""
    options: dict[str, Any] = field(default_factory=dict)
