"""The review page: people decide on one record at a time, without seeing the model's scores or other decisions."""
