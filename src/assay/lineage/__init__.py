"""Where a result comes from: each stage states what it used and what it made, and dvc.lock is held against that.

DVC records what lies on disk when a command has ended, and trusts a file whose time and size are those it knows. What a
stage really read and wrote only the stage can say: it does so in `data/lineage/STAGE.json`, one of its own outputs.
"""
