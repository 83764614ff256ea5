"""What a payment is, how an account stands, and how a case can close. Pure."""
