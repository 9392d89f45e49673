"""The leakage gate: does something that no prediction will ever know decide how good the model looks?

Each check is a small class with a code. It judges tables that the line has written, and chooses nothing: like
`evaluate` it reads the labels of the test fold, and nothing that learns or chooses depends on what it says.
"""
