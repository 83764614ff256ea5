"""Rule files: reading, checking, scheduling; and the rules in force at a moment."""
