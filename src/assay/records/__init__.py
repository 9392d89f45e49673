"""What a record is made of: the names of its columns, its folds, the log of changes; reading files of records."""
