"""What people and the worker do with the log: keep it going, search it, check it, take a copy."""
