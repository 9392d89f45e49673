"""What a check is, and what it says."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from assay.audit.evidence import Evidence

ERROR, WARNING = "error", "warning"
COMPUTING = "how features are computed: conf/dataset/ and the module of its knowledge"  # where a finding shows


@dataclass(frozen=True)
class Finding:
    """One leak: what it is, the file or stage where it shows, and the records or features concerned."""

    what: str
    where: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Examination:
    """The figure on which a check decides, in words, and what it found; `applies` is False if it could not tell."""

    figure: str
    findings: tuple[Finding, ...] = ()
    applies: bool = True


class LeakCheck(ABC):
    """One way in which a line can fool itself.

    `severity` is ERROR (the line stops and no metrics are published) or WARNING (the report says so). `why` says what
    goes wrong, `mend` what to do about it.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[str]
    why: ClassVar[str]
    mend: ClassVar[str]

    @abstractmethod
    def examine(self, evidence: "Evidence") -> Examination:
        """Judge the evidence; a pure function of it."""
