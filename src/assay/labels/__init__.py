"""From diagnosis codes to labels, by a policy."""
