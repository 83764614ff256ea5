"""Rows of templates of letters and messages."""
