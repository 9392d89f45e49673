"""Where a result comes from: each stage states its inputs and outputs, and dvc.lock is checked against that.

DVC hashes the files after a command has ended, and trusts a file whose time and size it knows. Only the stage itself
knows what it really read and wrote. It states that in `data/lineage/STAGE.json`, one of its own outputs.
"""
