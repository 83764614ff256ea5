"""What people do with the papers of a case."""
