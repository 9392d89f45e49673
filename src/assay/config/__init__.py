"""Configuration: typed schemas; composes conf/ (the menu) into params.yaml (the order); starts a stage with it."""
