"""The classes of a target that the contract declares, and policies that name others."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assay.config.dataset import Dataset
from assay.config.dataset import classes as classes_of
from assay.text import spelled

if TYPE_CHECKING:
    from assay.config.schema import Labels

FLAGS = ("True", "False")  # what YAML makes of yes and no


def classes(labels: "Labels", dataset: Dataset) -> list[str]:
    """The classes that a policy can name, as the contract declares them; empty if it does not."""
    return list(dataset.codes if labels.codes == "letters" else classes_of(dataset))


def faults(labels: "Labels", dataset: Dataset) -> list[str]:
    """Classes of the policy that the contract does not have, or has in more spellings than are named.

    Records of the class that was meant would be negative.
    """
    known = classes(labels, dataset)
    return [*_unknown(labels, known), *(_spellings(labels, known) if labels.codes != "letters" else [])]


def half_named(positive: Iterable[str], others: Iterable[str]) -> list[str]:
    """Those of the other classes that differ from a positive one in spelling alone.

    >>> half_named(["Yes"], ["yes", "No"])
    ['yes']
    """
    words = {*map(spelled, positive)}
    return [one for one in others if spelled(one) in words]


def _spellings(labels: "Labels", known: list[str]) -> list[str]:
    others = [one for one in known if one not in labels.positive and one not in labels.ungradable]
    return [
        f"labels.positive lacks {one!r}, another spelling of a class that it names: name it too, or under ungradable"
        for one in half_named(labels.positive, others)
    ]


def _unknown(labels: "Labels", known: list[str]) -> list[str]:
    return [
        f"labels.{key} names {code!r}, and the contract has no such class; it has: {', '.join(known)}"
        + (" (yes and no need quotation marks)" if code in FLAGS else "")
        for key in ("positive", "ungradable")
        for code in getattr(labels, key)
        if known and code not in known
    ]
