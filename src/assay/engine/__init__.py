"""Stages on tables that are larger than memory. With `engine=stream` each gives the bytes that `engine=local` gives.

What `audit` and `evaluate` read, they read so with either engine.
"""
