"""Pages of contacts, holds and notes."""
