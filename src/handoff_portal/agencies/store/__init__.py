"""Rows of profiles, licences, assurance reports and their documents."""
