"""Configuration: typed schemas, the menu in conf/, the order in params.yaml, and the stage entry point."""
