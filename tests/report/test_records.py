"""`assay reasons`: the reasons of records of the line."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from assay.cli.commands import app
from assay.files import md5, read_json, write_json
from hostile import OURS, TEXTS, reached, rendered
from samples import forget_statements

LINES = 40  # of a page on all records: each record after them is shown as these


def reasons(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["reasons", *arguments])


def features(fold: str) -> pd.DataFrame:
    return pd.read_parquet(f"data/features/{fold}.parquet").set_index("record_id")


def test_a_record_of_any_fold(line: Path) -> None:
    for fold in ("train", "validation", "test"):
        record = features(fold).index[0]
        shown = reasons(record, "--top", "2", "--md")
        assert shown.exit_code == 0, shown.output
        head, *table = shown.output.splitlines()
        assert head.startswith(f"**{record}**, {fold}")
        assert len(table) == 8  # a blank line, the head, two reasons, and three rows of sums
        weights = [float(row.split("|")[3]) for row in table[3:]]
        assert sum(weights[:-1]) == pytest.approx(weights[-1], abs=0.03)


@pytest.mark.parametrize(("refit", "learned"), [(False, ["train"]), (True, ["train", "validation"])])
def test_it_is_said_which_records_the_model_learned_from(refit: bool, learned: list[str], line: Path) -> None:
    bundle = read_json(Path("models/bundle.json"))
    bundle["config"]["training"]["refit"] = refit
    write_json(Path("models/bundle.json"), bundle, sort_keys=False)
    forget_statements()
    for fold in ("train", "validation", "test"):
        shown = reasons(features(fold).index[0], "--md")
        assert shown.exit_code == 0, shown.output
        assert ("learned from" in shown.output) == (fold in learned)


def test_the_table_holds_every_contribution(line: Path) -> None:
    done = reasons("--all", "--csv", "table.csv")
    assert (
        done.output
        == f"{line / 'table.csv'}: {sum(len(features(one)) for one in ('train', 'validation', 'test'))} records\n"
    )
    table = pd.read_csv("table.csv", dtype={"record_id": "str"}).set_index("record_id")
    parts = table.filter(like="contribution_of_")
    assert [name.removeprefix("contribution_of_") for name in parts] == list(features("test"))
    np.testing.assert_allclose(parts.sum(axis=1) + table["baseline"], table["model_log_odds"], atol=1e-4)
    scores = pd.read_parquet("data/predictions/test.parquet").set_index("record_id")["score"]
    np.testing.assert_array_equal(table.loc[scores.index, "score"], scores)
    np.testing.assert_allclose(1 / (1 + np.exp(-table["model_log_odds"])), table["score"], atol=1e-5)
    threshold = read_json(Path("models/bundle.json"))["threshold"]["value"]
    assert (table["alert"] == (table["score"] >= threshold)).all()


def test_all_records_in_short_and_some_in_a_table(line: Path) -> None:
    ids = features("test").index[:2].tolist()
    assert len(reasons("--all").output.splitlines()) > 100
    assert reasons(*ids, ids[0], "--csv", "two.csv").exit_code == 0
    assert pd.read_csv("two.csv", dtype={"record_id": "str"})["record_id"].tolist() == ids


def test_the_number_of_reasons_is_that_of_the_configuration(line: Path) -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text().replace("reasons: 5", "reasons: 1"))
    assert len(reasons(features("test").index[0]).output.splitlines()) == 8


def test_a_record_without_a_score_is_named_with_the_reason(line: Path) -> None:
    labels = pd.read_parquet("data/annotated/labels.parquet").set_index("record_id")
    outside = labels.index[labels["excluded"].str.startswith("treated")][0]
    refused = reasons(outside, "nobody", features("test").index[0])
    assert refused.exit_code == 1
    assert f"{outside} (excluded: treated: on_thyroxine)" in refused.output
    assert "nobody (unknown" in refused.output
    assert features("test").index[0] not in refused.output


def test_a_model_without_exact_reasons_says_so(line: Path) -> None:
    bundle = read_json(Path("models/bundle.json"))
    write_json(Path("models/bundle.json"), bundle | {"without_reasons": "it votes"}, sort_keys=False)
    forget_statements()
    refused = reasons("--all")
    assert refused.exit_code == 1
    assert "this model has no exact reasons: it votes" in refused.output


def test_a_line_that_is_not_up_to_date_is_refused(line: Path) -> None:
    path, record = Path("data/features/test.parquet"), features("test").index[0]
    pd.read_parquet(path).assign(TSH=1.0).to_parquet(path, index=False)
    refused = reasons(record)
    assert (refused.exit_code, "the file is not what featurize made" in refused.output) == (1, True)
    forget_statements()  # as if another run of featurize had made it
    refused = reasons(record)
    assert refused.exit_code == 1
    assert "fitted on other features than those that are here" in refused.output
    assert "to do: run: dvc repro" in refused.output


def test_a_model_that_was_changed_is_refused(line: Path) -> None:
    Path("models/model.ubj").write_bytes(b"x")
    assert "the file is not what train made" in reasons("--all").output


def test_no_model_yet(line: Path) -> None:
    shutil.rmtree("models")
    refused = reasons("--all")
    assert refused.exit_code == 1
    assert "to do: run: dvc repro" in refused.output


@pytest.mark.parametrize("arguments", [[], ["--all", "860101000"]])
def test_records_or_all_of_them(line: Path, arguments: list[str]) -> None:
    refused = reasons(*arguments)
    assert refused.exit_code == 1
    assert "name records, or say --all" in refused.output


@pytest.mark.parametrize("name", TEXTS)
def test_texts_of_the_bundle_are_shown_as_texts(name: str, line: Path) -> None:
    bundle = read_json(Path("models/bundle.json"))
    for entry in bundle["features"]:
        entry["title"] = {"text": TEXTS[name], "logarithm": False}
    write_json(Path("models/bundle.json"), bundle, sort_keys=False)
    forget_statements()
    record = features("test").index[0]
    for arguments in ([record], ["--all"]):
        output = "\n".join(reasons(*arguments, "--md").output.splitlines()[:LINES])
        page = rendered(output)
        assert set(page.tags) <= OURS
        assert page.attributes == []
        assert reached(output) == []
    assert md5(Path("data/features")) == bundle["lineage"]["data/features"]
