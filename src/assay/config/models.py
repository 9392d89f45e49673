"""The schemas of models: one dataclass for each kind, with types and ranges; the values are in `conf/model/`."""

from dataclasses import asdict, dataclass, is_dataclass
from typing import Annotated, Any

from assay.config.fields import MISSING, ByName, Count, NotNegative, OneOf, Part, Positive, Share, Whole, Within
from assay.config.targets import MEMBERS, model_faults
from assay.paths import MEMBER_NAME


@dataclass
class Model:
    """The settings of every model; `threshold: null` means that it is chosen under the recall floor."""

    name: str = MISSING
    threshold: Share | None = None
    _target_: str = MISSING


@dataclass
class Majority(Model):
    strategy: str = MISSING


@dataclass
class HandRule(Model):
    rule: str | None = MISSING


@dataclass
class Logistic(Model):
    C: Positive = MISSING
    class_weight: str | None = MISSING
    max_iter: Count = MISSING


@dataclass
class RandomForest(Model):
    n_estimators: Count = MISSING
    max_depth: Count | None = MISSING
    min_samples_leaf: Count = MISSING
    max_features: Part = MISSING
    random_state: Whole = MISSING


@dataclass
class HistGBM(Model):
    max_iter: Count = MISSING
    learning_rate: Positive = MISSING
    max_leaf_nodes: Annotated[int, Within(2)] = MISSING
    min_samples_leaf: Count = MISSING
    l2_regularization: NotNegative = MISSING
    n_iter_no_change: Count = MISSING
    early_stopping: bool = MISSING
    random_state: Whole = MISSING


@dataclass
class XGBoost(Model):
    n_estimators: Count = MISSING
    learning_rate: Positive = MISSING
    max_depth: Annotated[int, Within(1, 64)] = MISSING
    min_child_weight: NotNegative = MISSING
    subsample: Part = MISSING
    colsample_bytree: Part = MISSING
    reg_lambda: NotNegative = MISSING
    tree_method: str = MISSING
    device: Annotated[str, OneOf("cpu", "cuda")] = "cpu"
    enable_categorical: bool = MISSING
    eval_metric: str = MISSING
    early_stopping_rounds: Count | None = MISSING
    random_state: Whole = MISSING


@dataclass
class LightGBM(Model):
    n_estimators: Count = MISSING
    learning_rate: Positive = MISSING
    num_leaves: Annotated[int, Within(2, 131_072)] = MISSING
    min_child_samples: Whole = MISSING
    min_child_weight: Positive = MISSING  # at 0 LightGBM may fail with a check of its own
    subsample: Part = MISSING
    subsample_freq: Count = MISSING
    colsample_bytree: Part = MISSING
    reg_lambda: NotNegative = MISSING
    early_stopping_rounds: Count | None = MISSING
    random_state: Whole = MISSING


@dataclass
class CatBoost(Model):
    n_estimators: Count = MISSING
    learning_rate: Positive = MISSING
    max_depth: Annotated[int, Within(1, 16)] = MISSING
    subsample: Part = MISSING
    colsample_bylevel: Part = MISSING
    reg_lambda: NotNegative = MISSING
    early_stopping_rounds: Count | None = MISSING
    random_state: Whole = MISSING


SINGLE: dict[str, type[Model]] = {
    "majority": Majority,
    "rule": HandRule,
    "logistic": Logistic,
    "random_forest": RandomForest,
    "hist_gbm": HistGBM,
    "xgboost": XGBoost,
    "xgboost_fine": XGBoost,
    "lightgbm": LightGBM,
    "catboost": CatBoost,
}


@dataclass
class Ensemble(Model):
    """Several models as one."""

    members: dict[str, Annotated[Any, ByName(SINGLE)]] = MISSING


MODELS = {**SINGLE, "ensemble": Ensemble, "ensemble_catboost": Ensemble}


def possible(baselines: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The baselines that this dataset allows: it may have no hand rule."""
    return {name: model for name, model in baselines.items() if model.get("rule", True)}


def faults(model: Any, key: str) -> list[str]:
    """Every contradiction in a model, named by key."""
    plain = asdict(model) if is_dataclass(model) and not isinstance(model, type) else model
    return [*_missing(plain, key), *model_faults(plain, key), *_member_faults(plain, key)]


def _missing(model: dict[str, Any], key: str) -> list[str]:
    return [f"{key}.{name} is missing" for name in ("name", "_target_") if name not in model]


def _member_faults(model: dict[str, Any], key: str) -> list[str]:
    """The faults of the members of an ensemble: models by name, none of which is an ensemble itself."""
    if MEMBERS not in model:
        return []
    members, key = model[MEMBERS], f"{key}.{MEMBERS}"
    if not (isinstance(members, dict) and members and all(isinstance(one, dict) for one in members.values())):
        return [f"{key} is no mapping of names to models"]
    named = [f"{key}: {name!r} is no name: use letters, digits and _" for name in members if not _names_member(name)]
    nested = [f"{key}.{name} is an ensemble itself" for name, one in members.items() if MEMBERS in one]
    return named + nested + [fault for name, one in members.items() for fault in _missing(one, f"{key}.{name}")]


def _names_member(name: object) -> bool:
    return isinstance(name, str) and MEMBER_NAME.fullmatch(name) is not None
