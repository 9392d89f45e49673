"""Columns that are made of the rows of other tables, which belong to a record and were known before its time."""
