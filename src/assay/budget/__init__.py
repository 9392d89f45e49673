"""What the model costs to run, measured in processes of their own: assay budget."""
