"""Cards: what the model and the data are, for people (Markdown) and for programs (Croissant)."""
