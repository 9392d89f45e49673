"""`assay retrain`: new records become a data version, a model, and a comparison with the one in use."""
