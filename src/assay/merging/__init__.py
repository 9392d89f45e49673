"""Two branches meet: people merge decisions, the line makes what is generated.

`conflicts` tells the two apart, `lock` takes over what either side computed, `settle` runs the rest; `merge`, `rebase`
and `last` (for `assay settle`) are the commands around it.
"""
