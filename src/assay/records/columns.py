"""The names of the columns that the records of every dataset have, and how a table's own columns keep out of their way.

A column of the user may have any name. Where a table has both, a column of the user that is called like one of these
stands there as `code (own)`. The contract, raw files, requests, features and pages have it under its own name.
"""

import re

RECORD_ID = "record_id"
DATE = "date"
CODE = "code"  # as it came
CODE_IN_FORCE = "code_in_force"  # after people's decisions
CODE_RESOLVED = "code_resolved"  # after that Y of each "X|Y", if codes are read letter by letter
UNGRADABLE = "ungradable"  # the reason why a record is excluded whose class nobody can know
WEIGHT = "sample_weight"  # how many records of the source each record represents; only if `dataset.sample` is set
RULE = "rule"  # of a quarantined record: the names of the rules that it breaks

OWN_SUFFIX = " (own)"
_TAKEN = re.compile(rf"({'|'.join((RECORD_ID, DATE, CODE, WEIGHT, RULE))})({re.escape(OWN_SUFFIX)})*")


def stored(name: str) -> str:
    """The name of a user's column in a table that has columns of Assay's too.

    >>> stored("age"), stored("code"), stored("code (own)")
    ('age', 'code (own)', 'code (own) (own)')
    """
    return name + OWN_SUFFIX if _TAKEN.fullmatch(name) else name


def unstored(name: str) -> str:
    """The own name of a column that is there under its `stored` one.

    >>> unstored("age"), unstored("code (own)")
    ('age', 'code')
    """
    own = name.removesuffix(OWN_SUFFIX)
    return own if own != name and _TAKEN.fullmatch(own) else name
