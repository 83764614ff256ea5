"""Rows of cases, grants, claims and the account."""
