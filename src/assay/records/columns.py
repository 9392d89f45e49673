"""The names of the columns that every record has, whatever dataset it comes from."""

RECORD_ID = "record_id"
DATE = "date"
CODE = "code"  # what a record is labelled, as it came
CODE_IN_FORCE = "code_in_force"  # after decisions
CODE_RESOLVED = "code_resolved"  # and of "X|Y", if codes are read by letter, the more likely side
UNGRADABLE = "ungradable"  # why a record is excluded whose class nobody can know
WEIGHT = "sample_weight"  # how many records of the source a record stands for; only where `dataset.sample` is set
