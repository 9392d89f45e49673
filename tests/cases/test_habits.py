"""What happens to each habit of other people's files: the tables of README.md."""

from pathlib import Path

import pandas as pd
import pytest

from assay.config.questions import require_answered
from assay.errors import AssayError
from described_table import assert_answered, described
from habits import (
    asked_targets,
    asked_values,
    read_forms,
    read_numbers,
    read_values,
    refused_forms,
    refused_lines,
    refused_targets,
)
from habits.habit import Habit

READ = [*read_forms.HABITS, *read_numbers.HABITS, *read_values.HABITS]
ASKED = [*asked_values.HABITS, *asked_targets.HABITS]
REFUSED = [*refused_forms.HABITS, *refused_lines.HABITS, *refused_targets.HABITS]
HABITS = [*READ, *ASKED, *REFUSED]


@pytest.mark.parametrize("habit", READ, ids=lambda habit: habit.name)
def test_a_habit_is_read_right_and_said(habit: Habit) -> None:
    found = described(habit.content, "y")
    assert_answered(found, ["sick"])
    x = next(name for name in found.contract["columns"] if name not in ("age", "site", "y"))
    if habit.entry is not None:
        assert found.contract["columns"][x] == habit.entry
    assert found.contract["source"].get("dialect", {}) == (habit.dialect or {})
    assert habit.says in found.said
    cleaned = found.cleaned().records
    assert (len(cleaned), cleaned["code"].eq("sick").sum()) == (len(found.raw()), len(found.raw()) // 4)
    assert cleaned["age"].head(2).tolist() == [20, 21]
    if habit.first:
        values = cleaned[x].head(len(habit.first))
        shown = values.astype("str") if values.dtype.kind == "M" else values.astype("object")
        assert [None if pd.isna(value) else value for value in shown] == pytest.approx(list(habit.first))


@pytest.mark.parametrize("habit", ASKED, ids=lambda habit: habit.name)
def test_nothing_runs_before_a_question_is_answered(habit: Habit) -> None:
    found = described(habit.content, **{"target": "y", **habit.options})
    assert found.draft.is_open
    assert habit.says in found.asked()
    with pytest.raises(AssayError, match=r"(question is|questions are) open: ?") as caught:
        require_answered({"dataset": found.contract, "labels": found.labels})
    assert habit.says in caught.value.what
    assert "conf/" in caught.value.where
    assert "write the answer there" in caught.value.todo


@pytest.mark.parametrize("habit", REFUSED, ids=lambda habit: habit.name)
def test_what_cannot_be_read_stops_at_its_line(habit: Habit) -> None:
    with pytest.raises(AssayError) as caught:
        described(habit.content, **{"target": "y", **habit.options})
    assert habit.says in caught.value.what
    assert habit.todo in caught.value.todo
    assert caught.value.todo
    assert not Path("conf").exists()


def test_readme_says_what_happens() -> None:
    lines = [f"| {habit.name} | {habit.holds} | {habit.happens} |" for habit in HABITS]
    there = Path(__file__).with_name("README.md").read_text().splitlines()
    assert [line for line in lines if line not in there] == []
    assert len({habit.name for habit in HABITS}) == len(HABITS) >= 20
    assert all(habit.happens for habit in HABITS)
