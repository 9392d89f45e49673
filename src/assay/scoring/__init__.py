"""From raw records to scores: what a stage does to data and what a service does to a request are the same functions."""
