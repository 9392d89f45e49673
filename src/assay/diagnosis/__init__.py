"""What holds the model back? Causes, each weighed by evidence out of fold; the test fold is not read."""
