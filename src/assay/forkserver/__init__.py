"""Stages that start warm: a process that has imported everything forks one for each stage that `dvc repro` runs.

To start Python and import pandas takes longer than the work of many a stage. So the first stage of a run of DVC leaves
a server behind, which imports what stages need while DVC goes on; the next stages ask it for a fork, as builds ask the
persistent workers of Bazel or the daemon of Gradle. The server ends with its run of DVC. It serves only the code,
interpreter, packages, folder and environment that it started with: a stage that has others, or finds no server, imports
for itself, as on systems other than Linux. `ASSAY_FORKSERVER=0` turns it off.
"""
