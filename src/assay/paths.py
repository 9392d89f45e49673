"""The files that people write and those between the stages, relative to the root of the repo, as in dvc.yaml."""

import re
from pathlib import Path

ANNOTATIONS = Path("annotations")
DECISIONS, GUIDELINE = "decisions.csv", "guideline.md"  # in annotations/, or in a dataset's own folder there
RAW = Path("data/raw")  # a folder with one file: assay.records.formats
TABLES = Path("data/tables")  # tables that `assay init-dataset` took: DVC's, a .dvc file of each in git
ARRIVED = Path("data/arrived")  # files that `assay retrain` added to the source: DVC's, a .dvc file of each in git
CLEANED = Path("data/cleaned/records.parquet")
CONTRACT = Path("data/cleaned/contract.json")
QUARANTINE = Path("data/quarantine/records.parquet")
LABELS = Path("data/annotated/labels.parquet")
SPLIT = Path("data/split")
SPLIT_LOG = SPLIT / "split.json"
FEATURES = Path("data/features")
PREDICTIONS = Path("data/predictions")
MODEL_KEY = "model"  # names the model beside the baselines, which have names of their own
SCORE = "score"  # the column of the model's scores in data/predictions
REVIEW_QUEUE = Path("data/review/queue.parquet")
MODEL = Path("models")
BUNDLE = MODEL / "bundle.json"
MEMBER_NAME = re.compile(r"\w{1,60}", re.ASCII)  # of a model of an ensemble, which has a folder of its own in models/
REPORTS = Path("reports")
PLOTS = REPORTS / "plots"
FIGURES = REPORTS / "figures"
SAMPLING_LOG = REPORTS / "sampling.json"
CLEANING_LOG = REPORTS / "cleaning.json"
ANNOTATION_LOG = REPORTS / "annotation.json"
QUALITY = REPORTS / "quality.json"
PROFILE = REPORTS / "profile.json"
PROFILE_PAGE = REPORTS / "profile.html"
AUDIT = REPORTS / "audit.json"
REVIEW_LOG = REPORTS / "review.json"
REPORT = REPORTS / "report.html"
REPLAY = REPORTS / "replay.json"
REPLAY_BY_MONTH = REPORTS / "replay_by_month.csv"
REPLAY_PAGE = REPORTS / "replay.html"
COSTS_PAGE = REPORTS / "costs.html"  # of this machine, not in git
BUDGET = REPORTS / "budget.json"  # of this machine, too
READINESS = REPORTS / "readiness.html"
MONITOR_PAGE = REPORTS / "monitor.html"
MODEL_CARD = REPORTS / "model_card.md"
DATA_CARD = REPORTS / "data_card.md"
CROISSANT = REPORTS / "croissant.json"


def score_column(name: str) -> str:
    """The column of the scores of the model or a baseline in data/predictions."""
    return SCORE if name == MODEL_KEY else name


def fold(folder: Path, name: str) -> Path:
    """The table of one fold ("train", "validation", "test") in a folder of folds."""
    return folder / f"{name}.parquet"
