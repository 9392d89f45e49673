"""The audit: checks for leaks, information that makes the model look good and that a real prediction would not have.

Each check is a small class with a code. It judges tables that the line has written. Like `evaluate` it reads the labels
of the test fold; it chooses nothing, and nothing that learns or chooses depends on its result.
"""
