"""What happens to each of the small tables in this folder: the first table of README.md."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from pandas.testing import assert_frame_equal

from assay.config.compose import composed
from assay.config.dataset import Rule
from assay.config.load import typed, typed_as
from assay.config.schema import Features, Labels, Split
from assay.errors import AssayError
from assay.labels.policy import annotate
from assay.labels.precedence import merge
from assay.onboarding.outcome import Answer
from assay.preparation.features import features
from assay.preparation.reconcile import clean
from assay.profile.columns import profiles
from assay.profile.page import Findings, render
from assay.profile.scorecard import scorecards
from assay.records.folds import GROUP, split
from described_table import Described, assert_answered, described
from samples import ROOT

HERE = Path(__file__).parent
ROWS = 600
WELL = 511


def case(name: str, target: str = "outcome", answer: Answer = Answer()) -> Described:  # noqa: B008 - frozen
    return described((HERE / f"{name}.csv").read_bytes(), target, answer)


def case_again(name: str, answer: Answer, target: str = "outcome") -> Described:
    return described((HERE / f"{name}.csv").read_bytes(), target, answer, "again")


def test_a_trailing_comma_slides_no_name() -> None:
    found = case("trailing_comma_silent")
    assert_answered(found, ["sick"])
    raw = found.raw()
    assert raw.iloc[0].tolist() == ["P0000", "67", "4.0", "25.7", "well", "M", "no", "west"]
    assert list(raw.columns) == ["patient", "age", "tsh", "bmi", "outcome", "sex", "smoker", "site"]
    assert "each record ends in one separator more than the header" in found.said
    assert len(found.cleaned().records) == ROWS


def test_limits_of_detection_are_numbers_and_a_feature_tells_them() -> None:
    found = case("detection_limit")
    assert "86 limits of detection, read as numbers: <0.6 50, >9 36" in found.said
    records = found.cleaned().records
    assert records["tsh"].isna().sum() == 0
    assert records.groupby("tsh_limit")["tsh"].agg(["min", "max", "size"]).loc[[-1.0, 1.0]].to_numpy().tolist() == [
        [0.6, 0.6, 50],
        [9, 9, 36],
    ]


def test_a_quote_that_is_never_closed_stops_and_names_its_line() -> None:
    with pytest.raises(AssayError, match="lines 102 to 162 are one record"):
        case("stray_quote")


def test_another_encoding_is_read_and_said() -> None:
    found = case("latin1")
    assert found.contract["source"]["dialect"] == {"encoding": "cp1252"}
    assert "it reads Fürth, München, Görlitz" in found.said
    assert found.contract["columns"]["site"]["values"] == ["Fürth", "Görlitz", "Köln", "München"]


def test_spaces_after_commas_are_taken_off() -> None:
    found = case("spaces_after_comma")
    assert list(found.raw().columns) == ["age", "sex", "tsh", "bmi", "smoker", "site", "outcome"]
    assert_answered(found, ["sick"])


def test_sentinels_are_no_values() -> None:
    found = case("sentinels")
    records = found.cleaned().records
    assert (records["bmi"].isna().sum(), records["tsh"].isna().sum()) == (200, 150)
    for remark in ("tsh: 9999 150: read as no value", "bmi: -999 200: read as no value"):
        assert f"{remark}, far from all others" in found.draft.remarks


@pytest.mark.parametrize("kind", ["text", "number", "flag", "date"])
def test_a_column_without_any_value_is_profiled_whatever_its_type(kind: str, tmp_path: Path) -> None:
    found = case("empty_column")
    assert "ferritin: has no value at all" in found.draft.remarks
    found.contract["columns"]["ferritin"]["type"] = kind
    records = found.cleaned().records
    sick = records["code"].eq("sick").to_numpy()
    columns = profiles(records, {"negative": ~sick, "positive": sick}, found.dataset)
    told = {one["column"]: one for one in columns}["ferritin"]
    assert (told["missing"], told["distinct"]) == (ROWS, 0)
    before, after = scorecards([found.raw()], lambda: [records], found.dataset, tmp_path)
    findings = Findings(before[""], after[""], columns, 0, 0, len(records))
    page = render(findings, pd.DataFrame({"label": sick}), found.dataset)
    assert "no value" in page


def test_classes_that_are_spelled_in_two_ways_are_asked_about() -> None:
    found = case("target_spelling_half")
    assert "who counts as positive? One or more of: No 511, Yes 41, yes 48" in found.asked()
    answered = case_again("target_spelling_half", Answer(["Yes", "yes"]))
    assert_answered(answered, ["Yes", "yes"])
    assert "positive: Yes 41, yes 48 (14.8 % of 600 records)" in answered.draft.outcome


def test_every_spelling_of_a_positive_class_is_named(folder: Path) -> None:
    with pytest.raises(AssayError, match="yes is another spelling of a positive class") as caught:
        case("target_spelling_half", answer=Answer(["Yes"]))
    assert "--positive 'Yes' --positive 'yes'" in caught.value.todo
    shutil.copytree(ROOT / "conf", folder / "conf")
    (folder / "src").symlink_to(ROOT / "src")
    case_again("target_spelling_half", Answer(["Yes", "yes"]))
    labels = folder / "conf/labels/again.yaml"
    labels.write_text(labels.read_text().replace("'Yes', 'yes'", "'Yes'"))
    with pytest.raises(AssayError, match=r"labels\.positive lacks 'yes', another spelling"):
        composed(["dataset=again"])


def test_a_healthy_class_called_none_is_no_missing_value() -> None:
    found = case("target_none", "disorder")
    assert "None 511: if nobody knows" in found.asked()
    answered = case_again("target_none", Answer(["Insomnia", "Apnea"], ["None"]), "disorder")
    assert_answered(answered, ["Insomnia", "Apnea"])
    assert answered.contract["columns"]["disorder"]["missing"] == []
    assert (answered.cleaned().records["code"] == "None").sum() == WELL
    unknown = described((HERE / "target_none.csv").read_bytes(), "disorder", Answer(["Insomnia"], ["Apnea"]), "third")
    assert "left out: None 511" in unknown.draft.outcome
    assert (unknown.cleaned().records["code"] == "").sum() == WELL


def test_a_rule_sets_the_target_missing() -> None:
    found = case("ruletarget", "status")
    dataset = found.dataset
    where = "status == '0' and futime < 1826"
    dataset.rules = {"censored": Rule(where=where, then="missing", columns=["status"], why="censored")}
    cleaned = clean(found.raw(), dataset, "the file", "csv")
    assert (cleaned.records["code"] == "").sum() == 95
    assert next(one.count for one in cleaned.changes if one.rule == "censored") == 95
    outside = pd.Series("", cleaned.records.index)
    labels = annotate(merge(cleaned.records, []), outside, typed_as(Labels, found.labels))
    assert (labels["excluded"] == "no code").sum() == 95


@pytest.mark.parametrize("key", ["positive", "ungradable"])
def test_a_policy_cannot_name_a_class_that_does_not_exist(key: str, folder: Path) -> None:
    shutil.copytree(ROOT / "conf", folder / "conf")
    (folder / "src").symlink_to(ROOT / "src")
    case("spaces_after_comma")
    labels = folder / "conf/labels/t.yaml"
    written = labels.read_text()
    typed(yaml.safe_load(composed(["dataset=t"])))
    old = {"positive": "positive: [sick]", "ungradable": "ungradable: []"}[key]
    labels.write_text(written.replace(old, f"{key}: [Sick]"))
    said = f"labels.{key} names 'Sick', and the contract has no such class; it has: sick, well"
    with pytest.raises(AssayError, match=said):
        composed(["dataset=t"])


def test_an_open_question_stops_the_composing_of_a_run(folder: Path) -> None:
    shutil.copytree(ROOT / "conf", folder / "conf")
    (folder / "src").symlink_to(ROOT / "src")
    case("target_spelling_half")
    with pytest.raises(AssayError, match=r"a question is open: labels\.positive: who counts") as caught:
        composed(["dataset=t"])
    assert caught.value.where == "conf/labels/t.yaml"


def test_a_broken_rule_is_told_with_the_line_of_the_file() -> None:
    text = (HERE / "bracket_name.csv").read_text()
    found = described(f"Export\n\n{text}".encode(), "outcome")
    with pytest.raises(AssayError, match="'lots'; line 5"):
        spoiled = found.raw()
        spoiled.loc[1, "age [years]"] = "lots"
        clean(spoiled, found.dataset, "the file", "csv")


def learned(found: Described) -> pd.DataFrame:
    """The features of the cleaned records, in their order."""
    records = found.cleaned().records.set_index("record_id")
    return features(records, found.dataset, Features(name="all", derived=True, drop=[]))


def test_a_name_with_brackets_is_that_of_a_feature() -> None:
    found = case("bracket_name")
    assert found.contract["columns"]["age [years]"] == {"type": "number"}
    assert learned(found)["age [years]"].tolist() == [float(age) for age in found.raw()["age [years]"]]


def test_a_column_called_code_is_a_feature_beside_the_code_of_the_outcome() -> None:
    found = case("own_code")
    assert found.contract["columns"]["code"] == {"type": "category", "values": ["A", "B", "C"]}
    raw, records = found.raw(), found.cleaned().records
    assert records["code (own)"].tolist() == learned(found)["code"].tolist() == raw["code"].tolist()
    assert records["code"].tolist() == raw["outcome"].tolist()


def test_visits_of_a_person_are_a_group_and_stay_in_one_fold() -> None:
    found = case("redcap_repeats")
    assert (found.contract["key"], found.contract["group"]) == (None, "record_id")
    assert yaml.safe_load(Path("conf/split/t.yaml").read_text())["defaults"] == ["group"]
    assert any(remark.startswith("record_id: values repeat, as of one person") for remark in found.draft.remarks)
    records = found.cleaned().records
    visits = records[["record_id", "record_id (own)"]].set_axis(["record_id", GROUP], axis=1)
    assert visits[GROUP].value_counts().unique().tolist() == [3]
    labelled = visits.assign(label=records["code"].eq("sick"), excluded="")
    folds = split(labelled, Split(by="group", validation_share=0.2, test_share=0.2, seed=0)).folds
    assert sum(visits["record_id"].isin(one["record_id"]).sum() for one in folds.values()) == ROWS
    assert sum(visits[GROUP][visits["record_id"].isin(one["record_id"])].nunique() for one in folds.values()) == 200


def test_codes_that_look_like_numbers_stay_texts() -> None:
    found = case("icd11")
    assert found.contract["columns"]["site"] == {"type": "category", "values": ["1E30", "1E31", "1E50", "BA00"]}
    assert learned(found)["site"].tolist() == found.raw()["site"].tolist()
    alone = described((HERE / "icd11.csv").read_bytes().replace(b"BA00", b"1E32"), "outcome", name="alone")
    assert alone.contract["columns"]["site"]["values"] == ["1E30", "1E31", "1E32", "1E50"]
    assert "site: codes like 1E32, kept as texts: if they are numbers, set type number" in alone.draft.remarks
    assert learned(alone)["site"].tolist() == alone.raw()["site"].tolist()


@pytest.mark.slow
def test_rows_of_the_file_are_rows_that_are_read() -> None:
    for file in sorted(HERE.glob("*.csv")):
        if file.stem == "stray_quote":
            continue
        target = {"target_none": "disorder", "ruletarget": "status"}.get(file.stem, "outcome")
        found = described(file.read_bytes(), target, name=f"r_{file.stem}")
        assert len(found.raw()) == len(file.read_bytes().splitlines()) - 1


def test_the_same_table_in_every_dialect_gives_the_same_records() -> None:
    plain = described((HERE / "bracket_name.csv").read_bytes(), "outcome", name="plain").raw()
    text = (HERE / "bracket_name.csv").read_text()
    ways = [(";", "utf-8"), ("\t", "utf-16"), ("|", "utf-8-sig"), (",", "utf-16-be")]
    for number, (separator, encoding) in enumerate(ways):
        content = ("A title\n" + text.replace(",", separator)).encode(encoding)
        assert_frame_equal(described(content, "outcome", name=f"d{number}").raw(), plain)
