"""Progress is for people."""

import pytest

from assay.progress import progress


def test_no_bar_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture) -> None:
    with progress(3, "fits") as bar:
        bar.update()
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress(3, "fits") as bar:
        bar.delay = 0
        bar.update()
        bar.refresh()
    assert "fits" in capsys.readouterr().err
