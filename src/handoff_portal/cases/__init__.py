"""The case: a customer, what is owed and why, sealed under a key of its own, and whose turn it is."""
