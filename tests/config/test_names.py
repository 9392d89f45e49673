"""Names are names: no path, no option, no markup."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.config.load import typed
from assay.config.names import LONGEST_NAME, is_name
from assay.errors import AssayError
from assay.onboarding.dataset import init_dataset
from assay.sweep import execution as sweep
from assay.sweep import plan
from assay.sweep.folder import Setting
from hostile import TEXTS
from samples import ROOT, plain, synthetic_raw

NAMES = ["depth", "thyroid", "lr-0.1_b", "2024", "A", "x" * LONGEST_NAME]
NO_NAMES = {
    "nothing": "",
    "above": "../x",
    "absolute": "/tmp/x",
    "folder": "a/b",
    "Windows": "a\\b",
    "hidden": ".x",
    "dots": "..",
    "range": "a..b",
    "option": "-x",
    "underscore": "_x",
    "space": "a b",
    "line end": "a\n",
    "NUL": "a\0b",
    "long": "x" * (LONGEST_NAME + 1),
    "letters that look alike": "\u0430nn",
    **TEXTS,
}
KEYS = ["dataset__name", "labels__name", "split__name", "features__name", "criteria__name", "baselines__rule__name"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("case", NO_NAMES)
def test_no_name(case: str) -> None:
    assert not is_name(NO_NAMES[case])


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("case", ["above", "absolute", "line end", "tag"])
def test_the_configuration_refuses_what_is_no_name_and_says_where(key: str, case: str) -> None:
    with pytest.raises(AssayError) as caught:
        typed(plain(**{key: NO_NAMES[case]}))
    assert f"{key.replace('__', '.')}=" in caught.value.what
    assert "is no name" in caught.value.what


def test_the_key_of_a_baseline_is_a_name_too() -> None:
    config = plain()
    config["baselines"]["../x"] = config["baselines"]["majority"]
    with pytest.raises(AssayError, match=r"baselines: \.\./x='\.\./x' is no name"):
        typed(config)


@pytest.mark.parametrize("name", ["score", "model", "label", "record_id", "everyone"])
def test_no_baseline_has_the_name_of_a_column(name: str) -> None:
    config = plain()
    config["baselines"][name] = config["baselines"]["majority"]
    with pytest.raises(AssayError, match=f"baselines.{name}: another column has that name"):
        typed(config)


@pytest.mark.parametrize("case", NO_NAMES)
def test_no_sweep_has_such_a_name(case: str, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="is no name"):
        Setting(NO_NAMES[case], tmp_path, "0", tmp_path, 1)
    with pytest.raises(AssayError, match="is no name"):
        plan.read(NO_NAMES[case])


@pytest.fixture
def inside(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder in a folder of its own: whatever is written above it is seen there."""
    folder = here / "inside"
    folder.mkdir()
    for name in ("dvc.yaml", "params.yaml"):
        (here / name).rename(folder / name)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("case", ["above", "absolute", "option"])
def test_a_sweep_of_such_a_name_is_refused_before_anything_is_written(
    case: str, inside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "baseline", lambda root: "0" * 40)
    before = sorted(inside.parent.rglob("*"))
    done = CliRunner().invoke(app, ["sweep", "-S", "model.num_leaves=2", "--", NO_NAMES[case]])
    assert done.exit_code == 1
    assert "is no name" in done.output
    assert sorted(inside.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", "-x", ".x", "null", "on", "x" * (LONGEST_NAME + 1), "a\nb"])
def test_no_dataset_is_called_so(name: str, inside: Path) -> None:
    synthetic_raw(30).to_csv("table.csv", index=False)
    before = sorted(inside.parent.rglob("*"))
    with pytest.raises(AssayError, match="is no name"):
        init_dataset(Path("table.csv"), name, "target")
    assert sorted(inside.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "javascript:alert(1)"),
        ("url", "https://example.org/><script>"),
        ("url", "ftp://example.org"),
        ("uri", "s3://KEY:" + "s3cr3t@bucket/table.csv"),
        ("uri", "https://s3cr3t@example.org/table.csv"),
    ],
)
def test_a_source_is_no_link_to_a_program_and_holds_no_secret(key: str, value: str) -> None:
    with pytest.raises(AssayError, match=f"dataset.source.{key} ") as caught:
        typed(plain(**{f"dataset__source__{key}": value}))
    assert "s3cr3t" not in str(caught.value)


def test_the_names_of_this_repository_are_names() -> None:
    assert all(is_name(path.stem) for path in (ROOT / "conf").glob("*/*.yaml"))
