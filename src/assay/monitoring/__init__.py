"""Arriving records, compared with those that the model was made from: assay monitor."""
