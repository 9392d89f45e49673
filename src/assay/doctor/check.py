"""What a check is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assay.doctor.attic import Attic
from assay.doctor.clone import Clone


@dataclass(frozen=True)
class Finding:
    """Something is wrong: what, where, and what to do about it.

    `mend` puts it right and keeps what it replaces in the attic; without one, only the person can. `advice` is worth
    knowing and stops nothing; `then` is what the person does after the mend.
    """

    what: str
    where: str = ""
    todo: str = ""
    mend: Callable[[Attic], None] | None = None
    advice: bool = False
    then: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """By which a finding is known again after its mend."""
        return self.what, self.where


@dataclass(frozen=True)
class Check:
    """`look` gives findings; AssayError or OSError where it cannot look.

    `title` says what is right in a healthy clone, `mends` what `--mend` does ("" for nothing). `quick`: part of
    `make repro`, whose mends take nothing from anybody.
    """

    code: str
    title: str
    look: Callable[[Clone], Iterable[Finding]]
    mends: str = ""
    quick: bool = False
