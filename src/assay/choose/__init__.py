"""Which model should the line use? Candidates out of fold, a rule that was fixed before, a decision on record."""
