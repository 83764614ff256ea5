"""The log: every step anyone takes, in an order nobody can quietly change, for officers to export."""
