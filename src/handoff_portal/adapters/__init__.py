"""The outside world: database, keys, objects, mail, clock, child processes."""
