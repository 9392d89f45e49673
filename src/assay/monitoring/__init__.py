"""Arriving records beside those of the training: drift, performance before and after the labels, what to do."""
