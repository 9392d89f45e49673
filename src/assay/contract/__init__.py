"""What a table must be before anything is concluded from it."""
