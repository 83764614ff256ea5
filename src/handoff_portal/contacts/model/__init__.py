"""What a contact is, what its outcome means, and when contact must stop. Pure."""
