"""Merges two branches: people merge decisions, and a run makes the generated files.

A commit is called true if its generated files are what a run of its own code and decisions makes.

`conflicts` tells the two kinds of files apart, `lock` takes over what either side computed, and `settle` runs the rest.
`merge`, `rebase` and `last` (for `assay settle`) are the commands.
"""
