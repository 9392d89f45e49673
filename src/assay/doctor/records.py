"""Whether what is recorded is what was run: the place for checks of statements of stages."""

from assay.doctor.check import Check

CHECKS: list[Check] = []
