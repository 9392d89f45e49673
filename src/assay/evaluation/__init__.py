"""Measuring scores against labels; imports no model library."""
