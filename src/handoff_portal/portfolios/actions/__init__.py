"""Uploading, checking, deciding about and committing portfolios."""
