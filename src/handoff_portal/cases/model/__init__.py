"""What a case is and what may become of it. Pure."""
