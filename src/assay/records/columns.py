"""The names of the columns that every record has, whatever dataset it comes from."""

RECORD_ID = "record_id"
DATE = "date"
CODE = "code"
UNGRADABLE = "ungradable"  # why a record is excluded whose class nobody can know
WEIGHT = "sample_weight"  # how many records of the source a record stands for; only where `dataset.sample` is set
