"""Errors as a user meets them."""

import pytest

from assay.errors import DEBUG_VARIABLE, AssayError, reported, sample, translated


def test_a_message_says_what_where_which_rows_and_what_to_do() -> None:
    error = AssayError("two faults", where="raw.csv", rows=["line 2", "line 9"], todo="mend them")
    assert str(error) == "two faults\n  where: raw.csv\n  rows:  line 2, line 9\n  to do: mend them"


def test_what_is_not_known_is_left_out() -> None:
    assert str(AssayError("a fault")) == "a fault"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, ""), (5, "0, 1, 2, 3, 4"), (6, "0, 1, 2, 3, 4 and 1 more"), (900, "0, 1, 2, 3, 4 and 895 more")],
)
def test_of_many_rows_five_are_shown(count: int, shown: str) -> None:
    assert sample(range(count)) == shown


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AssayError("no label", todo="add it"), "assay split: error: no label\n  to do: add it\n"),
        (KeyError("label"), "assay split: unexpected error: KeyError: 'label'"),
    ],
    ids=["expected", "unexpected"],
)
@pytest.mark.parametrize("debug", [False, True])
def test_an_error_ends_with_one_message_and_exit_code_1(
    error: Exception, said: str, debug: bool, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEBUG_VARIABLE, "1" if debug else "")
    with pytest.raises(SystemExit) as left, reported("assay split"):
        raise error
    shown = capsys.readouterr()
    assert left.value.code == 1
    assert said in shown.err
    assert ("Traceback" in shown.err) == debug
    assert shown.out == ""


def test_nothing_is_said_when_all_is_well(capsys: pytest.CaptureFixture) -> None:
    with reported("assay split"):
        pass
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "reason"), [(PermissionError("Forbidden:\n  ask"), "Forbidden: ask"), (EOFError(), "EOFError")]
)
def test_what_a_library_raises_becomes_an_error_with_its_reason(error: Exception, reason: str) -> None:
    with pytest.raises(AssayError) as caught, translated("the store cannot be read", where="s3://bucket", todo="ask"):
        raise error
    assert str(caught.value) == f"the store cannot be read: {reason}\n  where: s3://bucket\n  to do: ask"
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [AssayError("no label"), AttributeError("no such name")])
def test_errors_of_our_own_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, translated("the store cannot be read"):
        raise error
    assert caught.value is error
