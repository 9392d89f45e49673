"""Checks that records keep their contract."""
