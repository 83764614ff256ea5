"""Handing a case over: a redacted offer, questions, one acceptance, and taking it back."""
