"""What offers and hand-offs are, and what may become of them. Pure."""
