"""The review page: one record at a time, decided on by people who see neither the model nor each other."""
