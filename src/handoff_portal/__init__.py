"""Handoff Portal: overdue accounts go to licensed agencies, sealed, logged, with respect for the customer."""
