"""The classes of a target that the contract declares, and policies that name others."""

from typing import TYPE_CHECKING

from assay.config.dataset import Dataset
from assay.config.dataset import classes as classes_of

if TYPE_CHECKING:
    from assay.config.schema import Labels

FLAGS = ("True", "False")  # what YAML makes of yes and no


def classes(labels: "Labels", dataset: Dataset) -> list[str]:
    """The classes that a policy can name, as the contract declares them; empty if it does not."""
    return list(dataset.codes if labels.codes == "letters" else classes_of(dataset))


def faults(labels: "Labels", dataset: Dataset) -> list[str]:
    """Classes of the policy that the contract does not have: records of the class that was meant would be negative."""
    known = classes(labels, dataset)
    return [
        f"labels.{key} names {code!r}, and the contract has no such class; it has: {', '.join(known)}"
        + (" (yes and no need quotation marks)" if code in FLAGS else "")
        for key in ("positive", "ungradable")
        for code in getattr(labels, key)
        if known and code not in known
    ]
