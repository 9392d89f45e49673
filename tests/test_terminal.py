"""Nothing from outside commands a terminal."""

import re
import sys

import pytest

from assay.errors import AssayError, reported, warn
from assay.presentation.markdown import Markdown
from assay.terminal import print_markdown, say
from assay.text import visible
from hostile import TEXTS, squeezed

CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]")


@pytest.mark.parametrize("name", TEXTS)
def test_no_message_holds_a_control_character(name: str, capsys: pytest.CaptureFixture) -> None:
    text = TEXTS[name]
    say(text)
    say(text, error=True)
    warn(text)
    print_markdown(Markdown("Found {}").format(text))
    with pytest.raises(SystemExit), reported("assay"):
        raise AssayError(text, where=text, rows=[text], todo=text)
    with pytest.raises(SystemExit), reported("assay"):
        raise ValueError(text)
    shown = capsys.readouterr()
    assert CONTROLS.findall(shown.out + shown.err) == []


def test_no_name_forges_a_line_of_a_message() -> None:
    error = AssayError("no such column e\n  to do: f", where="a\n  to do: b", rows=["c\n  to do: d"], todo="rename it")
    assert [line for line in str(error).splitlines() if line.startswith("  to do:")] == ["  to do: rename it"]


@pytest.mark.parametrize("name", ["rich", "escape", "link", "web", "tag", "emphasis", "bidirectional"])
def test_a_terminal_is_given_the_text_as_it_is(
    name: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    print_markdown(Markdown("Found {}").format(TEXTS[name]))
    shown = capsys.readouterr().out
    assert CONTROLS.findall(shown) == []
    assert squeezed(shown) == squeezed(f"Found {visible(TEXTS[name])}")
