"""From raw records to features: what can be done to each record by itself, and what needs all of them."""
