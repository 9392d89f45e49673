"""The base class of checks, and their results."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from assay.audit.evidence import Evidence

ERROR, WARNING = "error", "warning"
COMPUTING = "how features are computed: conf/dataset/ and the module of its knowledge"  # where a finding shows


@dataclass(frozen=True)
class Finding:
    """One leak: a description, the file or stage where it shows, and the ids or names of its records or features.

    severity: "" for that of the check; WARNING where a check that can stop the line could not judge, or is not sure.
    """

    what: str
    where: str
    rows: tuple[str, ...] = ()
    severity: str = ""


@dataclass(frozen=True)
class Examination:
    """The figure on which a check decides, in words, and its findings.

    `applies` is False if there was nothing to decide, such as an order in time where the split is not by time. What a
    check could not judge, though it should have, is a finding: a warning.
    """

    figure: str
    findings: tuple[Finding, ...] = ()
    applies: bool = True


class LeakCheck(ABC):
    """A check for one kind of leak.

    severity: ERROR (the line stops and no metrics are published) or WARNING (the report says so). why: the harm. mend:
    the remedy. of_all: whether it looks at all records even where others look at a sample.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[str]
    why: ClassVar[str]
    mend: ClassVar[str]
    of_all: ClassVar[bool] = False

    @abstractmethod
    def examine(self, evidence: "Evidence") -> Examination:
        """Judge the evidence, as a pure function."""
