"""Two revisions compared: parameters, records, labels, and the model, paired on the same records."""
