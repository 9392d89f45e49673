"""Drafts a contract for a new table."""
