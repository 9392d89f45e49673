"""The form of checks, and of their findings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assay.doctor.attic import Attic
from assay.doctor.clone import Clone


@dataclass(frozen=True)
class Fault:
    """Something that is wrong: what, where, and what to do about it.

    `mend` corrects it and keeps what it replaces in the attic; None if only a person can. `advice` marks a note that
    does not count as a fault. `then` says what the person does after the mend.
    """

    what: str
    where: str = ""
    todo: str = ""
    mend: Callable[[Attic], None] | None = None
    advice: bool = False
    then: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Identifies the finding, to see whether it is still there after its mend."""
        return self.what, self.where


@dataclass(frozen=True)
class Check:
    """`look` gives findings, and raises AssayError or OSError if it cannot look.

    `title` says what is right in a healthy clone, `mends` says what `--mend` does ("" for nothing). `quick` checks are
    part of `make repro`: their mends are safe to run unasked.
    """

    code: str
    title: str
    look: Callable[[Clone], Iterable[Fault]]
    mends: str = ""
    quick: bool = False
