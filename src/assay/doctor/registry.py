"""Every check in order: an earlier one mends what a later one reads."""

from assay.doctor import (
    configuration,
    contents,
    disk,
    environment,
    hooks,
    leftovers,
    locks,
    pipeline,
    records,
    runs,
    secrets,
    versioned,
)
from assay.doctor.check import Check

CHECKS: list[Check] = [
    *environment.CHECKS,
    *locks.CHECKS,
    *leftovers.CHECKS,
    *versioned.CHECKS,
    *pipeline.CHECKS,
    *configuration.CHECKS,
    *runs.CHECKS,
    *contents.CHECKS,
    *records.CHECKS,
    *disk.CHECKS,
    *secrets.CHECKS,
    *hooks.CHECKS,
]
