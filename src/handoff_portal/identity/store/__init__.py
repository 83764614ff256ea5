"""Rows of organisations, people, credentials and sessions."""
