"""Rows of rule files and of their checks."""
