"""Can this model go into use? One page for those who decide and integrate: assay readiness."""
