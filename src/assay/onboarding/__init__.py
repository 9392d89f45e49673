"""From a table that nobody has described yet to a first contract."""
