"""`assay serve`: a bundle behind HTTP."""
