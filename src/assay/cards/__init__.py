"""Cards that describe the model and the data, for people (Markdown) and for programs (Croissant)."""
