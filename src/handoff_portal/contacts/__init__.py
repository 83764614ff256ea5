"""Contacts: what was said to and by a customer, how it was received, what it led to, what stops contact."""
