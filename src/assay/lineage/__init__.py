"""Where a result comes from: each stage states what it used and what it made, and dvc.lock is held against that.

DVC records what lies on disk after a command has ended, and it trusts a file whose time and size it knows. Only the
stage itself can say what it really read and wrote. It does so in `data/lineage/STAGE.json`, one of its own outputs.
"""
