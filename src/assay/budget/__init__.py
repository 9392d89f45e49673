"""The cost of running the model, measured in processes of their own: assay budget."""
