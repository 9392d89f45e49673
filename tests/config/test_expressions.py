"""What an expression of a contract may say, and how all else is refused: with the key, the place, and no effect."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.config.dataset import Column, Dataset, Outside, Rule, Time
from assay.config.dataset_faults import faults
from assay.config.expressions import condition, fault
from assay.config.grammar import ALLOWED, MAX_LENGTH, Refused
from assay.config.source import Source
from samples import THYROID

KINDS = {"age": "number", "TSH": "number", "sex": "text", "sick": "condition", "seen": "date", "blood sugar": "number"}
KEY = "dataset.rules.old.where"

ACCEPTED = [
    "age > 50",
    "sick",
    "not sick and age > 50 or TSH.isna()",
    "0 < age <= 120",
    "abs(age * TSH / 2 - 1) > 0.1",
    "age ** 2 // 3 % 7 - -1 == +TSH",
    "sex in ['F', \"M\"] and sex not in ('X',)",
    "age in [1, -2, 3.5]",
    "sick == TSH.isna()",
    "sick != True",
    "`blood sugar` > 5",
    "seen >= '1985-05-23'",
    "seen in ['1985-05-23', '1985-05-24 10:30']",
    "'1985-05-23' < seen < '1986-01-01'",
    "sex < 'M'",
    "(age + TSH).notna()",
    "  age\n> 50\n",
    "age > 50 and 1 < 2",
    "sex == '#@`&|~=;'",
    "9**9**9**9 > age",
]

# Expression, what is said of it, and at which character (from 1).
REFUSED = [
    # what reached Python through pandas.DataFrame.eval
    ("@pd.io.common.os.system('touch executed')", "'@' is not allowed", 1),
    ("age > @age", "'@' is not allowed", 7),
    ("age.__class__", "'.__class__' is not allowed", 4),
    ("age.__class__.__mro__[-1].__subclasses__()", "[...] on a value", 1),
    ("age.map(open)", "'.map' is not allowed", 4),
    ("age.pipe(lambda x: open('executed', 'w'))", "'.pipe' is not allowed", 4),
    ("age.to_pickle('executed')", "'.to_pickle' is not allowed", 4),
    ("age.to_csv('executed')", "'.to_csv' is not allowed", 4),
    ("sex.str.len() > 1", "'.str' is not allowed", 4),
    ("age.isna.__func__.__globals__", "'.isna' is not allowed", 4),
    ("age.isna().values.tofile('executed')", "'.values' is not allowed", 11),
    ("age.isna(open('executed', 'w'))", "'.isna' is not allowed", 4),
    # Python's own ways
    ("__import__('os').system('touch executed')", "a call other than abs(...)", 1),
    ("open('executed', 'w')", "a call other than abs(...)", 1),
    ('eval(\'open("executed", "w")\')', "a call other than abs(...)", 1),
    ("(lambda: open('executed', 'w'))()", "a call other than abs(...)", 1),
    ("[open('executed', 'w') for _ in [1]]", "what stands here", 1),
    ("abs(open('executed', 'w')) > 1", "a call other than abs(...)", 5),
    ("abs(age, age) > 1", "a call other than abs(...)", 1),
    ("abs(age, key=open) > 1", "'=' is not allowed (write ==)", 13),
    ("abs(*age) > 1", "what stands here", 5),
    ("abs(**age) > 1", "a call other than abs(...)", 1),
    ('f\'{open("executed", "w")}\' == sex', "a text with placeholders", 1),
    ("age[0] > 1", "[...] on a value", 1),
    ("sick if sick else sick", "if ... else", 1),
    ("(sick := True)", "'=' is not allowed (write ==)", 8),
    ("age = 3", "'=' is not allowed (write ==)", 5),
    ("import os", "no expression", 1),
    ("age > 1; import os", "no expression", 8),
    ("age > 50 # and more", "'#' is not allowed", 10),
    ("age is None", "'is' is not allowed", 8),
    ("age == None", "this value", 8),
    ("sex == b'F'", "this value", 8),
    ("age > 1j", "this value", 7),
    ("age > ...", "this value", 7),
    ("await sick", "what stands here", 1),
    ("yield sick", "no expression", 1),
    ("*age", "no expression", 1),
    ("{'a': open}", "what stands here", 1),
    ("age >> 1", "this sign", 1),
    ("~sick", "'~' is not allowed (write not)", 1),
    ("sick & sick", "'&' is not allowed (write and)", 6),
    ("sick | sick", "'|' is not allowed (write or)", 6),
    # what makes no sense on the columns
    ("agee > 50", "no column 'agee' (meant: age?)", 1),
    ("open > 50", "no column 'open'", 1),
    ("`blood  sugar` > 5", "no column 'blood  sugar'", 1),
    ("x`blood sugar` > 5", "no column", 1),
    ("`blood sugar > 5", "'`' is not allowed", 1),
    ("age", "no condition on records", 1),
    ("1 + 1", "no condition on records", 1),
    ("1 < 2", "no condition on records", 1),
    ("", "no expression", 1),
    ("sex > 5", "'>' takes text, not a number", 7),
    ("sick > 1", "'>' takes number or text or date, not a condition", 1),
    ("sick + 1 > 1", "'+' takes number, not a condition", 1),
    ("age and sick", "'and' takes condition, not a number", 1),
    ("sex == seen", "'==' takes text, not a date", 8),
    ("seen > '1985'", "'1985' is no date like 1986-01-31", 8),
    ("seen > '1985-02-30'", "'1985-02-30' is no date", 8),
    ("seen - seen > 3", "'-' takes number, not a date", 1),
    ("age in TSH", "'in' needs a [list] of values", 8),
    ("age in [TSH]", "a list holds nothing but values", 9),
    ("'F' in ['F'] and sick", "no column stands here", 1),
    ("'a'.isna()", "no column stands here", 1),
    ("age > 50 and sex > 5", "'>' takes text, not a number", 20),
    # what would take all the time or memory of the machine
    ("'a' * 10**9 == sex", "'*' takes number, not a text", 1),
    ("age > " + "9" * 400, "the number is too large", 7),
    ("age > 1e999", "the number is too large", 7),
    ("(" * 1_900 + "age > 1" + ")" * 1_900, "no expression (too many nested parentheses)", 201),
    ("age" + "+age" * 900 + " > 1", "too deeply nested", 1),
    ("not " * 900 + "sick", "too deeply nested", 201),
    ("age > " + "x" * 1_000_000, "characters are too many", MAX_LENGTH + 1),
    ("(" * 10_000 + "age" + ")" * 10_000, "characters are too many", MAX_LENGTH + 1),
    ("sick == (sick == (sick == sick) == sick) == sick", "a comparison in the middle of a chain", 1),
    # what is no text for people
    ("\0", "no expression", 1),
    ("\ud800", "no expression", 1),
    ("age > \x1b[31m1", "no expression", 7),
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_the_grammar_knows_is_accepted(text: str) -> None:
    assert fault(text, KINDS, KEY) is None


@pytest.mark.parametrize(
    ("text", "said", "at"), REFUSED, ids=[text[:30].encode("ascii", "replace") for text, *_ in REFUSED]
)
def test_everything_else_is_refused_with_its_place(text: str, said: str, at: int, here: Path) -> None:
    before = set(Path().iterdir())
    message = fault(text, KINDS, KEY)
    assert message is not None
    assert message.startswith(f"{KEY}: ")
    assert said in message
    assert f"at character {at} of " in message
    assert len(message) < 400
    assert message.isprintable()
    assert set(Path().iterdir()) == before


def test_a_stack_of_signs_is_refused_in_any_python() -> None:
    message = fault("-" * 3_900 + "age > 1", KINDS, KEY)
    assert message is not None
    assert "too deeply nested" in message


def test_a_place_is_counted_in_characters() -> None:
    assert "at character 14 of " in str(fault("  sex == 'ä' & sick", KINDS, KEY))


def test_a_name_is_taken_as_it_is_written() -> None:
    """Python reads the micro sign as the Greek letter; a column is called what its file calls it."""
    assert fault("µg > 1", {"µg": "number"}, KEY) is None


def test_the_grammar_needs_no_heavy_import() -> None:
    code = "import sys, assay.config.load; print([m for m in ('pandas', 'numpy', 'sklearn') if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_to_check_a_configuration_loads_no_tables(here: Path) -> None:
    """`dvc exp run` checks it too, and `collect` copies a file."""
    code = "import sys; from assay.config.load import order; order(); print('pandas' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


CONTRACT = Dataset(
    "any",
    Source("a.csv", "0", "", ""),
    target="y",
    columns={
        "age": Column("number"),
        "sick": Column("flag"),
        "seen": Column("date", role="ignore"),
        "name": Column("text", role="personal"),
        "ok": Column("flag", role="check"),
        "y": Column("text", role="target"),
    },
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rules": {"old": Rule("sick and ok and seen > '2020-01-01'", why="")}}, None),
        ({"rules": {"old": Rule("agee > 50", why="")}}, "dataset.rules.old.where: no column 'agee' (meant: age?)"),
        ({"rules": {"old": Rule("name == 'x'", why="")}}, "dataset.rules.old.where: no column 'name'"),
        ({"rules": {"old": Rule("date > '2020-01-01'", why="")}}, "dataset.rules.old.where: no column 'date'"),
        ({"rules": {"old": Rule("date > '2020-01-01'", why="")}, "time": Time("seen")}, None),
        ({"population": [Outside("code == 'x' or record_id == '1'", "")]}, None),
        ({"population": [Outside("age > 5", ""), Outside("ok", "")]}, "dataset.population[1].where: no column 'ok'"),
        ({"population": [Outside("@os", "")]}, "dataset.population[0].where: '@' is not allowed at character 1"),
    ],
)
def test_a_contract_names_each_wrong_expression_and_says_what_is_allowed(change: dict, said: str | None) -> None:
    found = faults(replace(CONTRACT, **change))
    if said is None:
        assert found == []
    else:
        assert said in found[0]
        assert found[-1] == ALLOWED


def test_every_expression_of_the_thyroid_contract_is_accepted() -> None:
    assert len(THYROID.rules) + len(THYROID.population) == 17
    assert faults(THYROID) == []


FRAGMENTS = """
    age sick sex seen 'F' 1 9**9 ( ) [ ] , == < + - * abs( .isna() .__class__ @pd open('executed','w') ` ' " \\ : ; :=
    lambda if else and or not in is ... f' { } # ä 😀 . ~ & `blood_sugar`
"""
SOME = st.lists(st.sampled_from(FRAGMENTS.split()), max_size=30)


@given(st.one_of(st.text(max_size=200), SOME.map("".join), SOME.map(" ".join)))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        condition(text, KINDS)
    except Refused as refused:
        assert 0 <= refused.at <= max(len(text), MAX_LENGTH)
    assert not Path("executed").exists()
