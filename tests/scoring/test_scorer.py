"""A batch of raw records: a score or a reason for each, and a clear word on what is no batch."""

import pandas as pd
import pytest

from assay.errors import AssayError
from assay.scoring.scorer import CONTRACT, POPULATION, UNGRADABLE, Fault, Scorer
from samples import synthetic_raw

RAW = synthetic_raw(60)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (RAW.drop(columns="TSH"), "missing column TSH"),
        (RAW.assign(TSHH="1"), "unknown column TSHH"),
        (RAW.rename(columns={"TSH": "TSHH"}), "missing column TSH; unknown column TSHH"),
        (pd.concat([RAW, RAW[["age"]]], axis=1), "columns of the same name: age"),
        (pd.concat([RAW, RAW]), "rows with the same label"),
        (RAW.head(0), "the table has no rows"),
    ],
)
def test_what_is_no_batch_is_told(table: pd.DataFrame, what: str, scorer: Scorer) -> None:
    with pytest.raises(AssayError) as caught:
        scorer(table)
    assert (caught.value.what, caught.value.where) == (what, "the request")
    assert "conf/" not in caught.value.todo
    assert "dvc" not in caught.value.todo


def test_labels_of_rows_change_nothing(scorer: Scorer) -> None:
    named = RAW.set_index(RAW["patient_id"].rename(None))[::-1]
    assert pd.Series(scorer(named).scores[::-1]).equals(pd.Series(scorer(RAW).scores))


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(CONTRACT, "missing", "age_missing", ("age",)), "contract: age missing (age_missing)"),
        (Fault(CONTRACT, "at odds", "odd", ("a", "b")), "contract: a, b at odds (odd)"),
        (Fault(CONTRACT, "at odds", "odd"), "contract: at odds (odd)"),
        (Fault(POPULATION, "treated"), "outside the population: treated"),
        (Fault(UNGRADABLE, UNGRADABLE), "ungradable"),
    ],
)
def test_a_fault_in_words(fault: Fault, text: str) -> None:
    assert str(fault) == text
