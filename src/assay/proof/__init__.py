"""Checks of what is committed and shared: assay verify, pr-report and remote."""
