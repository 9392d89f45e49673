"""cards: whatever they state they read from what dvc.yaml names, so that they cannot go stale."""

import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.files import read_json, write_json
from assay.paths import BUNDLE, CROISSANT, DATA_CARD, MODEL_CARD, REPORTS
from assay.stages import cards

WRITTEN = (MODEL_CARD, DATA_CARD, CROISSANT)


@pytest.fixture
def line(small_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of the small line, what dvc.yaml names as dependencies of the cards, and nothing else, as the current folder."""
    stage = yaml.safe_load((small_line / "dvc.yaml").read_text())["stages"]["cards"]
    for path in ["dvc.yaml", "params.yaml", *stage["deps"]]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if path.startswith("src"):
            (tmp_path / path).symlink_to((small_line / path).resolve())
        else:
            (shutil.copytree if (small_line / path).is_dir() else shutil.copy)(small_line / path, tmp_path / path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["stage"])
    return tmp_path


def written(folder: Path) -> dict[Path, bytes]:
    return {path: (folder / path).read_bytes() for path in WRITTEN}


def test_the_cards_read_nothing_that_dvc_yaml_does_not_name(small_line: Path, line: Path) -> None:
    cards.main()
    assert written(line) == written(small_line)


def test_a_key_that_dvc_yaml_does_not_name_changes_nothing(small_line: Path, line: Path) -> None:
    params = yaml.safe_load(Path("params.yaml").read_text())
    named = yaml.safe_load(Path("dvc.yaml").read_text())["stages"]["cards"]["params"]
    others = {"features.name": "other", "model.num_leaves": 2}
    for key, value in others.items():
        group, _, name = key.partition(".")
        assert group not in named
        params[group][name] = value
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    cards.main()
    assert written(line) == written(small_line)


def edit(path: Path, change: Callable[[Any], object]) -> None:
    content = read_json(path)
    change(content)
    write_json(path, content, sort_keys=False)


def not_met(verdict: Any) -> None:
    recall = verdict["findings"][0]
    recall.update(method="bootstrap", value=0.5, interval=[0.4, 0.6], verdict="not met", settled=True)


def without_alerts(metrics: Any) -> None:
    metrics.update(recall=0.0, precision=None, alerts_per_1000=0.0, true_positives=0, false_positives=0)


def sampled(log: Any, *, representative: bool) -> None:
    columns = {"TSH": {"representative": True}, "T|3": {"representative": representative}}
    log["sample"] = {"rows": 815, "drawn": 400, "columns": columns}


def decided(log: Any) -> None:
    log["decided_by"].update(source=1, agreed=4711)
    log["agreement"].update(krippendorff_alpha={"value": 0.8, "interval": [0.7, 0.9], "records": 9})


def averaged(bundle: Any) -> None:
    members = {"a": {"name": "a", "_target_": "library.A", "C": 0.5}, "b": {"name": "b", "_target_": "library.B"}}
    bundle["model"] = {"name": "ensemble", "threshold": None, "_target_": "library.Mean", "members": members}


EDITS: dict[str, tuple[Path, Callable[[Any], object], Path, str]] = {
    "criterion": (
        REPORTS / "verdict.json",
        not_met,
        MODEL_CARD,
        "**Recall**: 0.500 [0.400, 0.600]. Asked: at least 0.9. The interval settles it.",
    ),
    "recalibration": (
        BUNDLE,
        lambda bundle: bundle.update(recalibration={"intercept": 0.25, "slope": 0.5}),
        MODEL_CARD,
        "| Score | recalibrated: log odds z of the model become 0.250 + 0.500 z.",
    ),
    "ensemble": (
        BUNDLE,
        averaged,
        MODEL_CARD,
        "| Made by | `library.Mean` |\n| Member a | `library.A` with `C` 0.5 |\n| Member b | `library.B` |\n",
    ),
    "no alerts": (REPORTS / "metrics.json", without_alerts, MODEL_CARD, "| alerts in all | 0 |"),
    "interval": (
        REPORTS / "intervals.json",
        lambda intervals: intervals.update(recall=[0.111, 0.999]),
        MODEL_CARD,
        "[0.111, 0.999]",
    ),
    "baseline": (REPORTS / "metrics.json", without_alerts, MODEL_CARD, "found more of the"),
    "slice": (REPORTS / "slices.json", lambda slices: slices[0].update(value="Martians"), MODEL_CARD, "| Martians |"),
    "ungradable": (REPORTS / "ungradable.json", lambda one: one.update(records=4711), MODEL_CARD, "has 4711 of them"),
    "exclusion": (
        REPORTS / "annotation.json",
        lambda log: log["excluded"].update({"left_the_planet": 4711}),
        MODEL_CARD,
        "| left out, left the planet | 4711 |",
    ),
    "decisions": (
        REPORTS / "annotation.json",
        decided,
        DATA_CARD,
        "source 1, agreed 4711. A disputed record keeps the source's code. Decisions changed: no label. "
        "Annotators agree beyond chance by 0.800 [0.700, 0.900]",
    ),
    "leak": (
        REPORTS / "audit.json",
        lambda audit: audit[1].update(
            verdict="warning", findings=[{"verdict": "warning", "what": "one person in two folds"}]
        ),
        MODEL_CARD,
        "; warning: one person in two folds |",
    ),
    "rule": (
        REPORTS / "cleaning.json",
        lambda log: log["rules"][1].update(count=4711),
        DATA_CARD,
        "| 4711 | convert |",
    ),
    "quality": (
        REPORTS / "quality.json",
        lambda quality: quality["completeness"]["after"].update(good=4711),
        DATA_CARD,
        "(4711 of",
    ),
    "change with time": (
        REPORTS / "profile.json",
        lambda profile: profile[0].update(
            greatest_change={"day": "1986-01-02", "low_before": 1, "low_after": 0, "notable": True}
        ),
        MODEL_CARD,
        "distributed differently from 1986-01-02 on",
    ),
    "sample": (
        REPORTS / "sampling.json",
        partial(sampled, representative=True),
        DATA_CARD,
        "They are a sample of 400 of the 815 records of the source.",
    ),
    "sample, to the readers of TRIPOD+AI": (
        REPORTS / "sampling.json",
        partial(sampled, representative=True),
        MODEL_CARD,
        "| 10 | sample size | a sample, 400 of 815 records: [data card](data_card.md); the brackets",
    ),
    "unlike the whole": (
        REPORTS / "sampling.json",
        partial(sampled, representative=False),
        DATA_CARD,
        r"By `reports/sampling.json` not representative: <code>T\|3</code>.",
    ),
    "threshold": (BUNDLE, lambda one: one["threshold"].update(value=0.987), MODEL_CARD, "A score of 0.987 or more"),
    "no guarantee": (
        BUNDLE,
        lambda one: one["threshold"].update(guaranteed=False),
        MODEL_CARD,
        "There is no guarantee",
    ),
    "fixed threshold": (BUNDLE, lambda one: one["threshold"].update(fixed=True), MODEL_CARD, "belongs to the model"),
    "library": (BUNDLE, lambda one: one["versions"].update(numpy="9.9"), MODEL_CARD, "numpy 9.9"),
}


@pytest.mark.parametrize("case", EDITS)
def test_a_change_of_what_is_stated_changes_the_card(line: Path, case: str) -> None:
    path, change, card, said = EDITS[case]
    cards.main()
    assert said not in card.read_text()
    edit(path, change)
    cards.main()
    assert said in card.read_text()


def test_the_verdict_comes_first(line: Path) -> None:
    def told() -> str:
        return MODEL_CARD.read_text().split("\n\n")[1]

    count = len(read_json(REPORTS / "verdict.json")["findings"])
    edit(REPORTS / "verdict.json", lambda one: [finding.update(verdict="met") for finding in one["findings"]])
    cards.main()
    assert told().startswith(f"**All {count} criteria are met**")
    edit(REPORTS / "verdict.json", lambda one: [finding.update(verdict="not met") for finding in one["findings"][:2]])
    cards.main()
    assert told().endswith(f"2 of {count} criteria are not met.**")


def test_texts_from_outside_are_shown_and_are_no_markup(line: Path) -> None:
    from markdown_it import MarkdownIt

    hostile = "<script>alert(1)</script> | a\nline `and` more"
    params = yaml.safe_load(Path("params.yaml").read_text())
    params["dataset"].update(about=hostile, limits=[hostile], personal_data=hostile)
    params["dataset"]["codes"]["A"] = hostile
    params["dataset"]["source"].update(citation=hostile, licence=hostile)
    params["dataset"]["source"]["dialect"] = {"encoding": "cp1252", "separator": "|", "above": 2}
    params["labels"]["about"] = hostile
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    edit(REPORTS / "annotation.json", lambda log: log["excluded"].update({hostile: 1}))
    edit(REPORTS / "slices.json", lambda slices: slices[0].update(value=hostile))
    cards.main()
    for card in (MODEL_CARD, DATA_CARD):
        assert ragged(card.read_text()) == []
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(card.read_text())
        assert "<script" not in html
        assert "&lt;script&gt;" in html
    assert json.loads(CROISSANT.read_text())["description"] == hostile
    written = r"| Written | in cp1252, '\|' between cells, 2 lines above the header left out |"
    assert written in DATA_CARD.read_text()


def ragged(card: str) -> list[str]:
    """The rows of tables that have another number of cells than the row above them."""
    found = []
    for above, row in zip(card.splitlines(), card.splitlines()[1:], strict=False):
        counts = [len(re.findall(r"(?<!\\)\|", one)) for one in (above, row) if one.startswith("|")]
        if len(set(counts)) == 2:
            found.append(row)
    return found


def test_a_missing_file_is_named(line: Path, capsys: pytest.CaptureFixture) -> None:
    (REPORTS / "slices.json").unlink()
    with pytest.raises(SystemExit):
        cards.main()
    assert "reports/slices.json" in capsys.readouterr().err
    assert not MODEL_CARD.exists()
