"""Every check in order: an earlier one mends what a later one reads."""

from assay.doctor import (
    configuration,
    contents,
    disk,
    environment,
    hooks,
    inputs,
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
    *inputs.CHECKS,
    *pipeline.CHECKS,
    *configuration.CHECKS,
    *runs.CHECKS,
    *contents.CHECKS,
    *records.CHECKS,
    *versioned.LATE,
    *disk.CHECKS,
    *secrets.CHECKS,
    *hooks.CHECKS,
]
