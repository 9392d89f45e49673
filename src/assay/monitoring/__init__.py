"""What arrives against what was learned from: drift, performance before and after the labels, and what to do."""
