"""The names of the columns that the records of every dataset have."""

RECORD_ID = "record_id"
DATE = "date"
CODE = "code"  # as it came
CODE_IN_FORCE = "code_in_force"  # after people's decisions
CODE_RESOLVED = "code_resolved"  # after that Y of each "X|Y", if codes are read letter by letter
UNGRADABLE = "ungradable"  # the reason why a record is excluded whose class nobody can know
WEIGHT = "sample_weight"  # how many records of the source each record represents; only if `dataset.sample` is set
RULE = "rule"  # of a quarantined record: the names of the rules that it breaks
