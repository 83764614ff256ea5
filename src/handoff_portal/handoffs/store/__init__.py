"""Rows of offers, their messages, and hand-offs."""
