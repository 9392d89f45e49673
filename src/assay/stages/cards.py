"""cards: describe the model and the data, for people and for programs."""

from os.path import relpath
from pathlib import Path

import pandas as pd

from assay.cards.croissant import Stored, croissant
from assay.cards.data_card import data_card
from assay.cards.facts import REPORTS, Facts
from assay.cards.model_card import model_card
from assay.config.schema import Config
from assay.config.start import stage
from assay.files import read_json, read_text, sha256, write_json, write_text
from assay.lineage.running import dependencies
from assay.paths import BUNDLE, CLEANED, CROISSANT, DATA_CARD, LABELS, MODEL_CARD, SPLIT, SPLIT_LOG, fold
from assay.paths import REPORTS as REPORTS_FOLDER
from assay.records.batches import Columns
from assay.records.columns import DATE
from assay.records.folds import FOLDS
from assay.records.places import places
from assay.tables import opened_table, parts_of, read_table

LICENCE = Path("LICENSE")
STATED = ("data/", "models", "reports/")  # the dependencies whose hashes the cards state


@stage
def main(config: Config) -> None:
    """Read the tables, a column at a time, and results of the line; write the cards and the metadata to reports/."""
    facts = read_facts(config)
    write_text(MODEL_CARD, model_card(facts))
    write_text(DATA_CARD, data_card(facts))
    files = {"records": CLEANED, "labels": LABELS}
    found = {name: stored(path) for name, path in files.items()}
    types = {name: nothing_of(path) for name, path in files.items()}
    write_json(CROISSANT, croissant(facts, found, types), sort_keys=False)


def stored(path: Path) -> list[Stored]:
    """The files of a table as the metadata describe them."""
    return [Stored(relpath(one, CROISSANT.parent), sha256(one), one.stat().st_size) for one in parts_of(path)]


def nothing_of(path: Path) -> pd.DataFrame:
    """The columns of a table with their types, without its rows."""
    with opened_table(parts_of(path)[0]) as file:
        return file.schema_arrow.empty_table().to_pandas()


def read_facts(config: Config) -> Facts:
    """Everything that the cards state."""
    return Facts(
        config=config,
        records=Columns(CLEANED),
        labels=Columns(LABELS),
        folds={name: read_table(fold(SPLIT, name), ["label", "excluded"], optional=[DATE]) for name in FOLDS},
        inside={name: places(CLEANED, fold(SPLIT, name)) >= 0 for name in FOLDS},
        split=read_json(SPLIT_LOG),
        reports={name: read_json(REPORTS_FOLDER / f"{name}.json") for name in REPORTS},
        bundle=read_json(BUNDLE),
        hashes={path: md5 for path, md5 in dependencies().items() if path.startswith(STATED)},
        licence=read_text(LICENCE).partition("\n")[0].strip(),
    )


if __name__ == "__main__":
    main()
