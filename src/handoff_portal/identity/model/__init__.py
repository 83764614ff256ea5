"""What organisations, people and sessions are, and what may become of them. Pure."""
