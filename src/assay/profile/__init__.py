"""Describes the data: six dimensions of quality, a profile of every column, and drift."""
