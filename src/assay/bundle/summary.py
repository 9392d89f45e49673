"""A bundle in short: for people and programs."""

from typing import Any

from assay.bundle.description import Description
from assay.bundle.folder import METRICS
from assay.bundle.hashes import Verified
from assay.config.reading import plain
from assay.config.source import sources


def summary(verified: Verified, described: Description) -> dict[str, Any]:
    """The parts of a description that people ask for first, for JSON; the whole is in bundle.json."""
    dataset, labels, threshold = described.config.dataset, described.config.labels, described.threshold
    return {
        "hash": verified.hash,
        "model": described.model.get("name"),
        "assay": described.assay,
        "dataset": {"name": dataset.name, "about": dataset.about, "limits": dataset.limits},
        "outside_the_population": [one.reason for one in dataset.population],
        "positive": {"policy": f"{labels.name} v{labels.version}", "codes": labels.positive, "about": labels.about},
        "features": len(described.features),
        "recalibration": plain(described.recalibration),
        "threshold": plain(threshold),
        METRICS: plain(described.metrics_out_of_fold_threshold_chosen_on_them),
        "source_sha256": ", ".join(one.sha256 for one in sources(dataset.source)),
        "code_sha256": {plugin: one.sha256 for plugin, one in described.code.items()},
        "files": dict(verified.files),
        "versions": described.versions,
    }
