"""Recoveries: what came back, to whom it belongs, what is still open, and how a case ends."""
