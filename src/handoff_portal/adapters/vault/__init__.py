"""The vault: whoever holds a key may read, and nobody else. Keys, seals, blind indexes."""
