"""Records: the names of their columns, their folds, the log of changes; reading files of records."""
