"""Compares two revisions: parameters, records, labels, and the models on the same records."""
