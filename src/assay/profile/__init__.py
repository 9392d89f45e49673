"""What the data is like: six dimensions of quality, a profile of every column, and drift."""
