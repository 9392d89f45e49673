"""Which of the records that get a score get the reasons for it too."""

from enum import StrEnum


class Reasons(StrEnum):
    """Which records get reasons."""

    ALERTS = "alerts"
    ALL = "all"
    NONE = "none"
