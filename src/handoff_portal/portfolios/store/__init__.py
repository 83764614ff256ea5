"""Rows of portfolios, their files, what was staged of them, and what was found wrong."""
