"""The nodes of dvc.yaml, one module each: read files, call pure functions, write files."""
