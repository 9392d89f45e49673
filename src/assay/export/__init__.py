"""The model of a clone as one file, with the evidence that belongs to it: assay bundle export."""
