"""Versions of the model and their stages, as annotated git tags; the gate, and the log of decisions."""
