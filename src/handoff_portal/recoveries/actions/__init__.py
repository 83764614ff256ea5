"""Report a payment, take it back, close a case."""
