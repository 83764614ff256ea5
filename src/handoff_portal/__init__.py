"""Handoff Portal: businesses hand overdue accounts to licensed agencies, sealed, logged and with respect for the customer."""
