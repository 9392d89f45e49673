"""What is reported of the policies: by hand, paired, and the same bytes each time."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from assay.config.words import complete
from assay.files import read_json, write_json
from assay.monitoring.decision import Action, Decision
from assay.profile.drift import ChangePoint
from assay.replay.months import Timeline, timeline
from assay.replay.outcome import Runs, as_json, by_month, differences, outcomes
from assay.replay.page import as_markdown, render
from assay.replay.policies import never, scheduled, triggered
from assay.replay.simulation import Gate, simulate
from replay_samples import config, dated, quick, records

CONFIG = config()
CHANGES = {"TSH": ChangePoint("2020-09-04", 0.6, 0.05, 0.005)}


@pytest.fixture(scope="module")
def time() -> Timeline:
    table = dated()
    return timeline(*records(table[np.repeat(np.arange(14), 80) != 10]), CONFIG.replay)  # a month without records


@pytest.fixture(scope="module")
def runs(time: Timeline) -> Runs:
    asks = triggered(lambda seen: Decision(Action.RETRAIN, ["<b>TSH</b>"]), gap=4)
    gate = Gate(50, 0.95, 0)
    return {one.name: simulate(time, one, quick(time), 1, gate) for one in (never(), scheduled(3, 5), asks)}


def test_figures_are_those_of_all_replayed_records(time: Timeline, runs: Runs) -> None:
    found = outcomes(time, runs, 50, 0)
    for name, run in runs.items():
        y = np.concatenate([time.records.y.to_numpy()[time.of(one.month)] for one in run])
        scores, alerts = (np.concatenate([getattr(one, part) for one in run]) for part in ("scores", "alerts"))
        values = {metric: one.value for metric, one in found[name].estimates.items()}
        assert values == pytest.approx(
            {
                "average_precision": average_precision_score(y, scores),
                "recall": alerts[y == 1].mean(),
                "precision": (y[alerts] == 1).mean(),
                "alerts_per_1000": 1000 * alerts.mean(),
            }
        )
    assert {name: (one.retrainings, one.promoted) for name, one in found.items()} == {
        "never": (0, 0),
        "scheduled": (3, 3),
        "triggered": (2, 2),
    }


def test_differences_are_paired(time: Timeline, runs: Runs) -> None:
    found = outcomes(time, {**runs, "again": runs["never"]}, 50, 0)
    same = differences(found)["again", "never"]
    assert all(not one.value and not one.resampled.any() for one in same.values())
    gain = differences(found)["scheduled", "never"]["recall"]
    of = [found[name].estimates["recall"] for name in ("scheduled", "never")]
    np.testing.assert_array_equal(gain.resampled, of[0].resampled - of[1].resampled)


def test_the_table_has_a_row_for_each_month_with_records(time: Timeline, runs: Runs) -> None:
    table = by_month(time, runs)
    assert list(table["month"]) == [f"2020-{month:02}" for month in (6, 7, 8, 9, 10, 12)] + ["2021-01", "2021-02"]
    assert (table["records"] == 80).all()
    assert list(table["month"][table["scheduled_retrained"] == 1]) == ["2020-08", "2021-02"]  # and one in the gap
    assert table["scheduled_alerts_per_1000"].mean() == pytest.approx(
        1000 * np.mean([one.alerts.mean() for one in runs["scheduled"] if len(one.alerts)])
    )


def test_dvc_gets_numbers_alone(time: Timeline, runs: Runs, tmp_path: Path) -> None:
    write_json(tmp_path / "replay.json", as_json(time, runs, outcomes(time, runs, 50, 0), 0.95))
    found = read_json(tmp_path / "replay.json")
    assert found["months"] == 9
    assert found["records"] == 8 * 80
    assert list(found["policies"]) == ["never", "scheduled", "triggered"]
    assert len(found["differences"]) == 3
    for one in found["policies"].values():
        low, high = one["recall"]["interval"]
        assert low <= one["recall"]["value"] <= high


def page(time: Timeline, runs: Runs, changes: dict[str, ChangePoint]) -> str:
    content = json.loads(json.dumps(as_json(time, runs, outcomes(time, runs, 50, 0), 0.95)))
    return render(content, time, runs, by_month(time, runs), changes, CONFIG.replay, complete(CONFIG.dataset.words))


def test_the_page_is_the_same_each_time_and_needs_nothing_from_outside(time: Timeline, runs: Runs) -> None:
    made = page(time, runs, CHANGES)
    assert made == page(time, runs, CHANGES)
    assert not re.findall(r"(?:src|href)=\"(?!data:|report\.html)", made)


def test_the_page_tells_what_happened_and_escapes_it(time: Timeline, runs: Runs) -> None:
    made = page(time, runs, {"<b>TSH</b>": CHANGES["TSH"]})
    assert "<b>TSH" not in made
    assert "&lt;b&gt;TSH&lt;/b&gt;" in made
    assert "learned until 2020-07: promoted" in made
    assert "2020-09-04" in made


def test_retrainings_and_changes_are_marked(time: Timeline, runs: Runs) -> None:
    from assay.replay.figures import pictures

    drawn = pictures(by_month(time, runs), CHANGES, ["recall"])["recall"]
    for mark in ("change-2020-09-04", "promoted-scheduled", "promoted-triggered", "curve-never", "refused-scheduled"):
        assert f'id="{mark}"' in drawn
    # Two months in which the calendar retrained have records: two triangles.
    group = drawn.split('id="promoted-scheduled"')[1].split("</g>\n   </g>")[0]
    assert len(re.findall("<use", group)) == 2


def test_the_terminal_gets_both_tables(time: Timeline, runs: Runs) -> None:
    text = as_markdown(json.loads(json.dumps(as_json(time, runs, outcomes(time, runs, 50, 0), 0.95))))
    assert re.search(r"scheduled \| .*\| 3 \| 3", text)
    assert "triggered less scheduled" in text


def test_a_figure_that_no_resample_defines_is_a_dash() -> None:
    one = {"value": None, "interval": [None, None]}
    metrics = ("average_precision", "recall", "precision", "alerts_per_1000")
    found = {"policies": {"never": dict.fromkeys(metrics, one) | {"retrainings": 0, "promoted": 0}}, "differences": {}}
    assert "never | – | – | – | – | 0 | 0" in as_markdown(found)


def test_weights_count(runs: Runs, time: Timeline) -> None:
    """A record of weight 2 counts as two."""
    from dataclasses import replace

    weighted = replace(time, records=replace(time.records, weight=np.where(time.records.y == 1, 2.0, 1.0)))
    plain, twice = (outcomes(one, {"never": runs["never"]}, 20, 0)["never"].estimates for one in (time, weighted))
    assert twice["precision"].value > plain["precision"].value
    assert twice["recall"].value == pytest.approx(plain["recall"].value)
    assert isinstance(by_month(weighted, runs), pd.DataFrame)
