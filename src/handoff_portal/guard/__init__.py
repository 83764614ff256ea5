"""The contact guard: whether a customer may be contacted now, why not, and when next."""
