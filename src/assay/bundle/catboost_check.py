"""Whether a JSON text is a model of CatBoost in which every place that scoring goes to is there.

A split names a border by its place among all of them: those of the numbers, of the categories that are compared one by
one, and of the statistics of categories (CatBoost's CTRs). A statistic is made of features, and has a table of counts.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from assay.errors import AssayError

CLASSES = {"class_label_type": "Integer", "class_names": [0, 1], "class_to_label": [0, 1], "classes_count": 0}
LARGEST = float(np.finfo("float32").max)
DEEPEST = 16
EMPTY = 2**64 - 1  # CatBoost's mark for an empty place in a table of counts
STRIDES = {"Borders": 3, "Counter": 2}  # by kind of statistic: a category's hash, and its counts
HASHED = re.compile("0|[1-9][0-9]{0,19}")
Fits = Callable[[Any], bool]
Node = dict[str, Any]


def as_text(content: Any) -> str:
    """The one way to write it."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def key_of(kind: str, elements: Any) -> str:
    """The name of the table of a statistic, which CatBoost reads as JSON."""
    return as_text({"identifier": elements, "type": kind})


def check(model: Any) -> None:
    """AssayError unless this is a binary model that leads nowhere else."""
    if not MODEL(model):
        raise refused("no binary model in CatBoost's JSON")
    features, tables = model["features_info"], model["ctr_data"]
    numbers, categories, statistics = (features[name] for name in ("float_features", "categorical_features", "ctrs"))
    if not _are_features(numbers, categories):
        raise refused("features that are none")
    if not (_are_made_of(statistics, numbers, categories) and _have_tables(statistics, tables)):
        raise refused("statistics of categories that are none")
    borders = sum(len(one["borders"]) for one in numbers + statistics) + sum(len(_values(one)) for one in categories)
    for number, tree in enumerate(model["oblivious_trees"]):
        if not _is_tree(tree, borders):
            raise refused(f"a tree that is none: number {number}")


def refused(what: str) -> AssayError:
    """The error for a file that is no such model."""
    return AssayError(f"the model file holds {what}")


def _are_features(numbers: list[Node], categories: list[Node]) -> bool:
    """Whether they are counted from 0, each kind by itself and all together, and borders ascend."""
    together = numbers + categories
    return (
        sorted(one["flat_feature_index"] for one in together) == list(range(len(together)))
        and all([one["feature_index"] for one in kind] == list(range(len(kind))) for kind in (numbers, categories))
        and len({one["feature_id"] for one in together}) == len(together)
        and all(_ascend(one["borders"]) for one in numbers)
        and all(len({*_values(one)}) == len(_values(one)) for one in categories)
    )


def _are_made_of(statistics: list[Node], numbers: list[Node], categories: list[Node]) -> bool:
    """Whether each has a category, all that it names is there, and its borders ascend."""
    there = {
        *(("cat_feature_value", place, None) for place in range(len(categories))),
        *(("cat_feature_exact_value", place, value) for place, one in enumerate(categories) for value in _values(one)),
        *(("float_feature", place, border) for place, one in enumerate(numbers) for border in one["borders"]),
    }
    return all(
        all(_named(element) in there for element in one["elements"])
        and any(map(CATEGORY, one["elements"]))
        and _ascend(one["borders"])
        for one in statistics
    )


def _named(element: Node) -> tuple[Any, Any, Any]:
    place = element.get("cat_feature_index", element.get("float_feature_index"))
    return element["combination_element"], place, element.get("value", element.get("border"))


def _have_tables(statistics: list[Node], tables: dict[str, Node]) -> bool:
    """Whether each kind of statistic has its table of counts, and there is no other."""
    kinds = {key_of(one["ctr_type"], one["elements"]): one["ctr_type"] for one in statistics}
    return kinds.keys() == tables.keys() and all(_is_table(tables[key], kind) for key, kind in kinds.items())


def _is_table(table: Node, kind: str) -> bool:
    stride, cells = table["hash_stride"], table["hash_map"]
    if stride != STRIDES[kind] or not cells or len(cells) % stride:
        return False
    hashes, counts = cells[::stride], [cell for place, cell in enumerate(cells) if place % stride]
    return all(map(_is_hash, hashes)) and len({*hashes}) == len(hashes) and all(map(COUNT, counts))


def _is_hash(cell: Any) -> bool:
    return _is_text(cell) and HASHED.fullmatch(cell) is not None and int(cell) < EMPTY


def _is_tree(tree: Node, borders: int) -> bool:
    """Whether it has a value and a weight for each leaf, and each split is at a border."""
    splits = [split["split_index"] for split in tree["splits"]]
    return (
        len(splits) <= DEEPEST
        and len(tree["leaf_values"]) == len(tree["leaf_weights"]) == 1 << len(splits)
        and min(tree["leaf_weights"]) >= 0
        and all(split < borders for split in splits)
    )


def _ascend(borders: list[float]) -> bool:
    return bool(np.all(np.diff(np.array(borders, dtype="float32")) > 0))


def _values(category: Node) -> list[int]:
    return category.get("values", [])


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return abs(value) < float("inf") if type(value) is float else type(value) is int and abs(value) < 1 << 53


def _is_small(value: Any) -> bool:
    return _is_number(value) and abs(value) <= LARGEST  # as a float32


def _whole(low: int, end: int) -> Fits:
    return lambda value: type(value) is int and low <= value < end


def _list(fits: Fits, *lengths: int) -> Fits:
    return lambda value: isinstance(value, list) and (not lengths or len(value) in lengths) and all(map(fits, value))


def _is(*known: Any) -> Fits:
    """One of these, to the letter: `True` is not 1."""
    texts = set(map(as_text, known))
    return lambda value: as_text(value) in texts


def _object(**parts: Fits) -> Fits:
    """With these parts and no other."""
    return lambda value: (
        isinstance(value, dict)
        and value.keys() == parts.keys()
        and all(fits(value[name]) for name, fits in parts.items())
    )


def _either(*ways: Fits) -> Fits:
    return lambda value: any(fits(value) for fits in ways)


INDEX, COUNT, HASH = _whole(0, 1 << 20), _whole(0, 1 << 31), _whole(-(1 << 31), 1 << 32)
CATEGORY = _object(cat_feature_index=INDEX, combination_element=_is("cat_feature_value"))
COMPARED = _object(cat_feature_index=INDEX, combination_element=_is("cat_feature_exact_value"), value=HASH)
ABOVE = _object(float_feature_index=INDEX, combination_element=_is("float_feature"), border=_is_small)
STATISTIC = _object(
    borders=_list(_is_small),
    ctr_type=_is(*STRIDES),
    elements=_list(_either(CATEGORY, COMPARED, ABOVE)),
    prior_denomerator=_is_small,
    prior_numerator=_is_small,
    scale=_is_small,
    shift=_is_small,
    target_border_idx=_is(0),
)
PLACE: dict[str, Fits] = {"feature_id": _is_text, "feature_index": INDEX, "flat_feature_index": INDEX}
FEATURES = _object(
    categorical_features=_list(_either(_object(**PLACE), _object(**PLACE, values=_list(HASH)))),
    ctrs=_list(STATISTIC),
    float_features=_list(
        _object(
            **PLACE,
            borders=_list(_is_small),
            has_nans=_is(True, False),
            nan_value_treatment=_is("AsIs", "AsFalse", "AsTrue"),
        )
    ),
)
TABLE = _object(counter_denominator=COUNT, hash_map=_list(_either(_is_text, COUNT)), hash_stride=COUNT)
TREE = _object(leaf_values=_list(_is_number), leaf_weights=_list(_is_number), splits=_list(_object(split_index=COUNT)))
MODEL = _object(
    ctr_data=lambda value: isinstance(value, dict) and all(map(TABLE, value.values())),
    features_info=FEATURES,
    model_info=_object(class_params=_is(CLASSES)),
    oblivious_trees=lambda value: _list(TREE)(value) and value != [],
    scale_and_bias=lambda value: _list(_either(_is_number, _list(_is_number, 1)), 2)(value) and _is_number(value[0]),
)
