"""Targets and answers that no folds can be made of: refused."""

from assay.onboarding.outcome import Answer
from habits.habit import Habit
from habits.tables import PLAIN, TEXT, spread, table

HABITS = [
    Habit(
        "number_as_target",
        "a measurement as target",
        "stops",
        table(PLAIN, outcome=PLAIN).encode(),
        "the target has 40 different values, numbers",
        todo="--event 'y >= NUMBER'",
    ),
    Habit(
        "two_positives",
        "two records that are positive",
        "stops: each fold needs one",
        table(PLAIN, outcome=["sick", "sick", *["well"] * 38]).encode(),
        "2 records are positive and 38 negative: each of 3 folds needs one of each",
        todo="give more records",
    ),
    Habit(
        "mostly_without_outcome",
        "a target that two of forty records have",
        "stops: each fold needs one of each class",
        table(PLAIN, outcome=["sick", "well", *[""] * 38]).encode(),
        "1 records are positive and 1 negative",
        todo="give more records",
    ),
    Habit(
        "negative_alone",
        "--negative well, and no --positive",
        "stops",
        TEXT.encode(),
        "--negative alone tells nobody who is positive",
        todo="--positive VALUE",
        options={"answer": Answer(negative=["well"])},
    ),
    Habit(
        "both_sides",
        "a class that is named as positive and as negative",
        "stops",
        TEXT.encode(),
        "positive and negative at once: sick",
        todo="name each class once",
        options={"answer": Answer(["sick"], ["sick", "well"])},
    ),
    Habit(
        "crosses",
        "x or nothing as target",
        "stops",
        table(PLAIN, outcome=spread(["x", "", ""])).encode(),
        "the target has 1 different values",
        todo="if no value means no, write it there",
    ),
]
