"""What agencies record about themselves and what the compliance officer decides about it."""
