"""LightGBM's text of a model: the same bytes for the same trees, and checked before its parser reads it.

That parser goes where the text sends it: to a child, a feature or a category that is not there, or round in a circle.
So only what a fitted model can be is let through: a header, the trees, and the categories of those columns that have
some. The parameters of the fit, which name files and threads and which scoring does not need, are left out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from assay.errors import AssayError, sample

END, CATEGORIES = "end of trees\n", "\npandas_categorical:"
WHOLE_NUMBER = r"-?[0-9]{1,10}"
NUMBER = r"-?(?:[0-9]{1,20}(?:\.[0-9]{1,25})?(?:e[+-]?[0-9]{1,3})?|inf)"  # no number is above inf: missing ones alone
HEADER = re.compile(
    r"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=(?P<last>[0-9]{1,9})\n"
    rf"objective=binary sigmoid:{NUMBER}\n(?:average_output\n)?feature_names=(?P<names>[^\n\r]+)\n"
    r"(?:monotone_constraints=(?P<monotone>[-0-9 ]+)\n)?feature_infos=(?P<infos>[^\n\r=]+)\n"
    r"tree_sizes=(?P<sizes>[0-9]{1,10}(?: [0-9]{1,10})*)\n\n"
)
SPLITS = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child")
LEAVES = ("leaf_value", "leaf_weight", "leaf_count")
INNER = ("internal_value", "internal_weight", "internal_count")
CATEGORICAL = ("cat_boundaries", "cat_threshold")
FRACTIONS = {"split_gain", "threshold", "leaf_value", "leaf_weight", "internal_value", "internal_weight", "shrinkage"}
LISTS = {
    False: re.compile(f"(?:{WHOLE_NUMBER}(?: {WHOLE_NUMBER})*)?"),
    True: re.compile(f"(?:{NUMBER}(?: {NUMBER})*)?"),
}
DECISIONS = 12  # whether by category, where a missing value goes, and which of three is missing
Fields = Mapping[str, np.ndarray]


class TextModel:
    """A model as its text says it, which only scores. `features`: the columns in order."""

    def __init__(self, text: str) -> None:
        from lightgbm import Booster

        self.booster_ = Booster(model_str=text)
        self.classes_ = np.array([0, 1])
        self.features = self.booster_.feature_name()

    def takes_places(self, vocabularies: Sequence[Sequence[str]]) -> bool:
        """Whether a category is to the model its place in these vocabularies, those of its columns in order."""
        return [list(one) for one in self.booster_.pandas_categorical or []] == [list(one) for one in vocabularies]

    def predict_proba(
        self, X: pd.DataFrame | np.ndarray, *, raw_score: bool = False, pred_contrib: bool = False
    ) -> np.ndarray:
        """Columns: 1 - score, score. A category that the fit had not seen counts as missing.

        X: a table, or its matrix of float64 with categories as their places, if `takes_places` is true (a single record
        takes sixty times as long as a table). As LightGBM's own classifier has it: with `raw_score` the log odds, (n,);
        with `pred_contrib` the contributions to them, the baseline last.

        AssayError if the columns are not those of the fit, in their order.
        """
        if isinstance(X, pd.DataFrame):
            self._require_features(X)
        found = np.asarray(self.booster_.predict(X, raw_score=raw_score, pred_contrib=pred_contrib))
        if raw_score or pred_contrib:
            return found
        return np.column_stack([1 - found, found])

    def _require_features(self, X: pd.DataFrame) -> None:
        named = [_as_named(name) for name in X]
        if named != self.features:
            different = sorted(set(named) ^ set(self.features)) or ["their order"]
            raise AssayError(f"not the features that the model was fitted on: {sample(different)}")


def canonical(text: str) -> str:
    """The text of a booster without importances and parameters; AssayError if `read` would not take it."""
    head, _, rest = text.partition(END)
    kept = head + END + rest[rest.rindex(CATEGORIES) :]
    _check(kept)
    return kept


def read(content: bytes) -> TextModel:
    """The model of a file; AssayError, before LightGBM sees it, if `canonical` cannot have written it."""
    text = content.decode()
    _check(text)
    return TextModel(text)


def _as_named(name: object) -> str:
    return str(name).replace(" ", "_")  # as LightGBM does


def _check(text: str) -> None:
    header = HEADER.match(text)
    trees, found, categories = text[header.end() :].partition(END) if header else ("", "", "")
    if not (header and found):
        raise _refused("no binary model in LightGBM's text, version 4")
    features = _features(header)
    for number, tree in enumerate(_divided(trees, [int(size) for size in header["sizes"].split()])):
        if not _is_tree(tree, number, features):
            raise _refused(f"a tree that is none: number {number}")
    if not (categories.startswith(CATEGORIES) and _are_categories(categories.removeprefix(CATEGORIES))):
        raise _refused("categories that are none")


def _features(header: re.Match[str]) -> int:
    """How many features there are, by each line of the header that counts them."""
    names, infos = header["names"].split(" "), header["infos"].split(" ")
    sizes = {int(header["last"]) + 1, len(names), len(set(names)), len(infos)}
    if header["monotone"]:
        sizes.add(len(header["monotone"].split(" ")))
    if len(sizes) > 1 or "" in names:
        raise _refused("another number of features than it says")
    return sizes.pop()


def _divided(trees: str, sizes: list[int]) -> list[str]:
    """The texts of the trees, which are as long as the header says."""
    ends = np.cumsum(sizes).tolist()
    if ends[-1] != len(trees) or not trees.isascii():
        raise _refused("trees of another size than it says")
    return [trees[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _is_tree(text: str, number: int, features: int) -> bool:
    """Whether every place that a record can be sent to is there, and nothing is left over."""
    lines = text.split("\n")
    start, blank = lines[0], lines[-3:]
    fields = _fields(lines[1:-3])
    if fields is None or start != f"Tree={number}" or blank != ["", "", ""]:
        return False
    leaves, kinds = fields["num_leaves"], fields["num_cat"]
    single = all(fields[name].size == 1 for name in ("num_leaves", "num_cat", "is_linear", "shrinkage"))
    if not single or leaves[0] < 1 or kinds[0] < 0 or fields["is_linear"][0]:
        return False
    return _has_sizes(fields, int(leaves[0])) and _leads_somewhere(fields, features) and _has_categories(fields)


def _fields(lines: list[str]) -> Fields | None:
    """The numbers of each line, all of which must be there, in their order; None if a line is not as it must be."""
    with_categories = CATEGORICAL if any(line.startswith(CATEGORICAL[0]) for line in lines) else ()
    names = ("num_leaves", "num_cat", *SPLITS, *LEAVES, *INNER, *with_categories, "is_linear", "shrinkage")
    parts = [line.partition("=") for line in lines]
    if [name for name, _, _ in parts] != list(names):
        return None
    if not all(LISTS[name in FRACTIONS].fullmatch(values) for name, _, values in parts):
        return None
    return {name: np.array(v.split(), dtype=float if name in FRACTIONS else np.int64) for name, _, v in parts}


def _has_sizes(fields: Fields, leaves: int) -> bool:
    """Whether each list is as long as it must be. Of a single leaf only the value is needed, and written."""
    of_leaves = LEAVES if leaves > 1 else LEAVES[:1]
    return all(fields[name].size == leaves - 1 for name in (*SPLITS, *INNER)) and all(
        fields[name].size == leaves for name in of_leaves
    )


def _leads_somewhere(fields: Fields, features: int) -> bool:
    """Whether each split but the first one, and each leaf (counted as -1, -2, ...), follows one split before it."""
    splits = np.arange(fields["left_child"].size)
    children = np.concatenate([fields["left_child"], fields["right_child"]])
    parents = np.concatenate([splits, splits])
    expected = [*range(-splits.size - 1, 0), *range(1, splits.size)] if splits.size else []
    return (
        np.array_equal(np.sort(children), expected)
        and bool(np.all((children < 0) | (children > parents)))
        and _within(fields["split_feature"], features)
        and _within(fields["decision_type"], DECISIONS)
    )


def _has_categories(fields: Fields) -> bool:
    """Whether each split by category names a set of them: a range of the words of bits in `cat_threshold`."""
    count = int(fields["num_cat"][0])
    chosen = fields["threshold"][fields["decision_type"] % 2 == 1]
    if not (_within(chosen, count) and np.array_equal(chosen, np.trunc(chosen))):
        return False
    if "cat_boundaries" not in fields:
        return count == 0
    ends, words = fields["cat_boundaries"], fields["cat_threshold"]
    in_order = ends.size == count + 1 and ends[0] == 0 and bool(np.all(np.diff(ends) >= 0))
    return in_order and ends[-1] == words.size and _within(words, 1 << 32)


def _within(numbers: np.ndarray, end: int) -> bool:
    return bool(np.all((numbers >= 0) & (numbers < end)))


def _are_categories(line: str) -> bool:
    """Whether it is a list for each column with categories, of different texts or numbers; or null."""
    found: Any = json.loads(line)
    plain = found is None or (isinstance(found, list) and all(isinstance(one, list) for one in found))
    values = [one for column in found or [] for one in column] if plain else []
    return (
        plain
        and all(isinstance(one, str | int | float) for one in values)
        and all(len({*column}) == len(column) for column in found or [])
        and line.endswith("\n")
        and line.count("\n") == 1
    )


def _refused(what: str) -> AssayError:
    return AssayError(f"the model file holds {what}")
